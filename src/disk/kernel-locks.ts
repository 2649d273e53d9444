import nodeModule from 'node:module';
import { StoreError } from '../base/errors.js';
import { isError } from '../base/realm.js';
import { type KernelLocks, locksOf } from './native-build.js';

const ADDON: string = 'fs-native-extensions';
const IN_WEBPACK = (import.meta as { webpack?: number }).webpack !== undefined;
let loaded: KernelLocks | null = null;

/**
 * Loads the native module when a site opens, or at the first write; reads do not need it. After a failed load, the next
 * use tries again.
 * @throws StoreError with the remedy
 */
export function kernelLocks(): KernelLocks | Promise<KernelLocks> {
  return loaded ?? load();
}

/** The native module; null until it is loaded. */
export function loadedLocks(): KernelLocks | null {
  return loaded;
}

/**
 * Refuses runtimes that abort the process at a kernel lock: Deno at the first lock, Bun 1.4 at the first lock that
 * another process holds. The check runs at the start of a site, before such a lock.
 * @throws StoreError with the remedy
 */
export function assertLocksHold(): void {
  const runtime = 'Deno' in globalThis ? 'Deno' : process.versions.bun === undefined ? null : 'Bun';
  if (runtime === null) return;
  throw new StoreError(
    `${runtime} aborts the process at the kernel locks of the file store and the user file: run this with Node, or bring a store and users of your own`,
  );
}

/** Whether a lock on some bytes leaves the others free. On macOS, fs-native-extensions locks the whole file (`flock`). */
export function locksAreRanges(): boolean {
  return process.platform !== 'darwin';
}

async function load(): Promise<KernelLocks> {
  try {
    loaded = await nativeModule();
    return loaded;
  } catch (error) {
    throw isShortage(error) ? outOfDescriptors(error) : notLoaded(error);
  }
}

/**
 * Bundlers leave this import to Node, which looks beside the bundle: the name is no literal, and webpack and Vite read
 * the comments. A bundled copy of the module would not find its build.
 */
async function nativeModule(): Promise<KernelLocks> {
  try {
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ ADDON)).default;
  } catch (error) {
    return nativeBuild(error);
  }
}

/**
 * Requires the build without the module around it. Node 20 and 22 repeat a failed `import` for ever, but run a `require`
 * again. On Alpine, the module asks for a build for musl; the one for glibc loads there too. Next.js finds the name here.
 * @throws `error`, which the import failed with, when the build does not load either
 */
function nativeBuild(error: unknown): KernelLocks {
  const build = `fs-native-extensions/prebuilds/${process.platform}-${process.arch}/fs-native-extensions.node`;
  const { referrer } = error as { referrer?: URL };
  try {
    // webpack resolves a named import of `createRequire` itself, and its `import.meta.url` is a path where it built.
    if (referrer !== undefined) return locksOf(nodeModule.createRequire(referrer)(build));
    if (!IN_WEBPACK) return locksOf(nodeModule.createRequire(import.meta.url)(build));
  } catch {}
  throw error;
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
  const { code, message } = cause as { code?: string; message?: string };
  const isAbsent = /MODULE_NOT_FOUND$/.test(code ?? '') && message?.includes(`'${ADDON}'`);
  const problem = isAbsent
    ? `is not installed: run 'npm install ${ADDON}' in the folder of the program, or of its bundle`
    : 'did not load: copy the whole package with its prebuilds/, or use a system that it has a build for';
  return new StoreError(
    `cannot lock files on ${process.platform}-${process.arch}: ${ADDON} ${problem} (see docs/deploying.md)`,
    { cause },
  );
}
