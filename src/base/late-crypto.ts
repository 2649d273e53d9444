import type * as nodeCrypto from 'node:crypto';
import nodeModule from 'node:module';

let loaded: typeof nodeCrypto | undefined;

/**
 * `node:crypto`, loaded at the first use. A command that only looks needs none of it, and its import takes a fifth of the
 * time of a Node that does nothing. It is part of Node itself: loading it needs no file, and any absolute path will do.
 */
export function lateCrypto(): typeof nodeCrypto {
  loaded ??= nodeModule.createRequire(process.execPath)('node:crypto') as typeof nodeCrypto;
  return loaded;
}
