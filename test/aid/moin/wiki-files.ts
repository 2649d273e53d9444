import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** A path in bytes, one character each (latin1): names of a wiki need not be UTF-8. */
export type BytePath = string;

function pathBytes(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1');
}

/** The bytes of every file below a folder, by path. Folders and their names are not in it. */
export function filesBelow(dir: BytePath): Map<BytePath, Buffer> {
  const files = new Map<BytePath, Buffer>();
  for (const entry of readdirSync(pathBytes(dir), { withFileTypes: true, encoding: 'latin1' as 'utf8' })) {
    const path = `${dir}/${entry.name}`;
    if (entry.isDirectory()) for (const [below, bytes] of filesBelow(path)) files.set(below, bytes);
    else if (entry.isFile()) files.set(path, readFileSync(pathBytes(path)));
  }
  return files;
}

/** What differs between two looks at a folder. */
export function differences(before: ReadonlyMap<BytePath, Buffer>, after: ReadonlyMap<BytePath, Buffer>) {
  const added = [...after.keys()].filter((path) => !before.has(path));
  const removed = [...before.keys()].filter((path) => !after.has(path));
  const changed = [...before].filter(([path, bytes]) => after.has(path) && !after.get(path)?.equals(bytes));
  return { added, removed, changed: changed.map(([path]) => path) };
}

/** The id of the session in a file of this name (bytes). */
export function idOfFile(name: string | Uint8Array): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}
