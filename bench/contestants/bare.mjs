import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../folder.mjs';
import { data, idOf } from '../sample.mjs';

/** The lowest cost of a session in a file, without checks, locks and merges. */
export function bare(size) {
  const folder = temporaryFolder();
  const path = (n) => join(folder, idOf(n).slice(0, 2), `${idOf(n)}.json`);
  const paths = Array.from({ length: size }, (_, n) => path(n));
  for (let n = 0; n < size; n++) {
    mkdirSync(join(paths[n], '..'), { recursive: true });
    writeFileSync(paths[n], JSON.stringify({ id: idOf(n), expires: Date.now(), data: data(n) }));
  }
  const load = (n) => JSON.parse(readFileSync(paths[n % size], 'utf8'));
  const write = (n) => {
    const path = paths[n % size];
    const session = { id: path, expires: Date.now(), data: data(n) };
    writeFileSync(`${path}.tmp`, JSON.stringify(session));
    renameSync(`${path}.tmp`, path);
  };
  return { load, save: write, refresh: write };
}
