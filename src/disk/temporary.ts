import { basename, dirname, join } from 'node:path';
import { lateCrypto } from '../base/late-crypto.js';

/** Makes the names of temporary files differ between processes; a count makes them differ within one. */
let processPart: string | undefined;
let count = 0;

const TEMPORARY = /^\.(.+)\.[0-9a-f]{12}\.tmp$/s;

/** A new path for the temporary file that will replace `path`: `.NAME.UNIQUE.tmp` in the same folder. */
export function temporaryPath(path: string): string {
  count = (count + 1) % 0x10000;
  processPart ??= lateCrypto().randomBytes(4).toString('hex');
  const unique = processPart + count.toString(16).padStart(4, '0');
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`);
}

/** The name of the file that a temporary file was to replace; null when `name` is not that of a temporary file. */
export function replacedName(name: string): string | null {
  return name.startsWith('.') ? (TEMPORARY.exec(name)?.[1] ?? null) : null;
}
