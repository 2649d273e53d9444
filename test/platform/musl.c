/*
 * Loads a build of fs-native-extensions, argv[1], into a process of the C library musl, and locks bytes of the file argv[2].
 * Prints what the locks say. No Node for musl is at hand; the functions of Node that the build names are never called here.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define OF_NODE(name) \
  void name(void) { abort(); }

OF_NODE(napi_add_async_cleanup_hook)
OF_NODE(napi_close_handle_scope)
OF_NODE(napi_create_array_with_length)
OF_NODE(napi_create_arraybuffer)
OF_NODE(napi_create_error)
OF_NODE(napi_create_function)
OF_NODE(napi_create_reference)
OF_NODE(napi_create_string_utf8)
OF_NODE(napi_delete_reference)
OF_NODE(napi_fatal_exception)
OF_NODE(napi_get_and_clear_last_exception)
OF_NODE(napi_get_arraybuffer_info)
OF_NODE(napi_get_cb_info)
OF_NODE(napi_get_null)
OF_NODE(napi_get_reference_value)
OF_NODE(napi_get_uv_event_loop)
OF_NODE(napi_get_value_bool)
OF_NODE(napi_get_value_int64)
OF_NODE(napi_get_value_string_utf8)
OF_NODE(napi_make_callback)
OF_NODE(napi_open_handle_scope)
OF_NODE(napi_remove_async_cleanup_hook)
OF_NODE(napi_set_element)
OF_NODE(napi_set_named_property)
OF_NODE(napi_throw_error)
OF_NODE(uv_async_init)
OF_NODE(uv_async_send)
OF_NODE(uv_buf_init)
OF_NODE(uv_close)
OF_NODE(uv_err_name)
OF_NODE(uv_get_osfhandle)
OF_NODE(uv_queue_work)
OF_NODE(uv_strerror)
OF_NODE(uv_thread_create)
OF_NODE(uv_thread_join)

int uv_translate_sys_error(int error) { return -error; }

typedef int (*try_lock)(int fd, uint64_t offset, size_t length, int type);
typedef int (*unlock)(int fd, uint64_t offset, size_t length);
enum { WRITE_LOCK = 2 };

static const char *word(int result) {
  return result == 0 ? "taken" : result == -EAGAIN ? "refused" : "failed";
}

int main(int argc, char **argv) {
  void *build = argc == 3 ? dlopen(argv[1], RTLD_NOW) : NULL;
  if (build == NULL) {
    puts(dlerror());
    return 1;
  }
  try_lock lock = (try_lock)dlsym(build, "fs_ext__try_lock");
  unlock release = (unlock)dlsym(build, "fs_ext__unlock");
  int one = open(argv[2], O_RDWR | O_CREAT, 0600);
  int other = open(argv[2], O_RDWR);
  printf("%s ", word(lock(one, 7, 1, WRITE_LOCK)));
  printf("%s ", word(lock(other, 7, 1, WRITE_LOCK)));
  printf("%s ", word(lock(other, 8, 1, WRITE_LOCK)));
  release(one, 7, 1);
  printf("%s\n", word(lock(other, 7, 1, WRITE_LOCK)));
  return 0;
}
