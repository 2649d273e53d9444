import { createRequire } from 'node:module';
import { StoreError } from '../base/errors.js';
import { isError } from '../base/realm.js';

/** The native module that locks bytes of files. */
export type KernelLocks = typeof import('fs-native-extensions');
let loaded: KernelLocks | null = null;

/**
 * Loads the native module at the first write; reads do not need it. After a failed load, the next write tries again.
 * @throws StoreError with the remedy
 */
export function kernelLocks(): KernelLocks | Promise<KernelLocks> {
  return loaded ?? load();
}

async function load(): Promise<KernelLocks> {
  try {
    loaded = await nativeModule();
    return loaded;
  } catch (error) {
    throw isShortage(error) ? outOfDescriptors(error) : notLoaded(error);
  }
}

/** `import`, because bundlers see it. Node 20 and 22 repeat a failed `import` for ever, but run a `require` again. */
async function nativeModule(): Promise<KernelLocks> {
  try {
    const module = await import('fs-native-extensions');
    return 'default' in module ? (module.default as KernelLocks) : module;
  } catch {
    return createRequire(import.meta.url)('fs-native-extensions');
  }
}

/**
 * Whether no more files can be opened. Node, its reader of package.json and the system's linker each report that with an
 * error of their own; all of these contain the system's text.
 */
function isShortage(error: unknown): boolean {
  return isError(error) && (/too many open files/i.test(error.message) || isShortage(error.cause));
}

function outOfDescriptors(cause: unknown): StoreError {
  return new StoreError(
    'cannot lock files: too many open files to load fs-native-extensions: raise the limit (ulimit -n, or fs.file-max of the system)',
    { cause },
  );
}

function notLoaded(cause: unknown): StoreError {
  return new StoreError(
    `the file store cannot lock files on ${process.platform}-${process.arch}: fs-native-extensions did not load; with a bundler, mark it external (esbuild --external:fs-native-extensions, webpack 'externals', Next.js 'serverExternalPackages') and install it beside the bundle; without one, use a system that it has a build for`,
    { cause },
  );
}
