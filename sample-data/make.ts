/**
 * Makes all files in this folder but this one and README.md: `npm run sample-data`. Nothing is random, so a second run changes
 * nothing. Times are relative to NOW; give the command line `--at 2026-11-20T12:00:00Z` to see the data at that time.
 * `moin-sessions demo` makes the same site for the present.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeSampleSite } from '../src/cli/commands/demo/sample-site.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const FAR = Date.UTC(2099, 11, 31);
const FOLDER = fileURLToPath(new URL('./', import.meta.url));

for (const made of ['store', 'cookies']) rmSync(`${FOLDER}${made}`, { recursive: true, force: true });
await makeSampleSite(FOLDER, NOW, FAR);
rmSync(`${FOLDER}store/lock`, { force: true });
