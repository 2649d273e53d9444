import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PICTURES, pictureOf } from './terminal-pictures.js';

/** Draws the pictures of the command line that stand beside this file, from its real output on the sample data. */
for (const [name, argv] of Object.entries(PICTURES))
  writeFileSync(join(import.meta.dirname, `${name}.svg`), await pictureOf(argv));
