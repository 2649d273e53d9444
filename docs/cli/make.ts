import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { manPage } from './man.js';
import { markdown } from './markdown.js';
import { readReference } from './reference.js';

/** Writes the page and the man page about the command line. */

const PROJECT = join(import.meta.dirname, '../..');
const reference = await readReference();
for (const [name, text] of [
  ['docs/cli.md', markdown(reference)],
  ['man/moin-sessions.1', manPage(reference)],
] as const) {
  const path = join(PROJECT, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
