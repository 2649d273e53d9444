import type * as nativeModule from 'fs-native-extensions';

/** The native module that locks bytes of files. */
export type KernelLocks = typeof nativeModule;

/** The part of a build of fs-native-extensions that locks bytes of files. */
export interface NativeBuild {
  /** @throws an error with the code `EAGAIN` when another open file has the lock */
  tryLock(fd: number, offset: number, length: number, exclusive: boolean): void;
  unlock(fd: number, offset: number, length: number): void;
}

/** What the module itself makes of its build. */
export function locksOf(build: NativeBuild): KernelLocks {
  return {
    tryLock(fd, offset, length) {
      try {
        build.tryLock(fd, offset, length, true);
        return true;
      } catch (error) {
        if ((error as { code?: unknown }).code === 'EAGAIN') return false;
        throw error;
      }
    },
    unlock: (fd, offset, length) => build.unlock(fd, offset, length),
  };
}
