import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { merge } from './merge.mjs';

// Builds the package: node .build/main.mjs [--out FOLDER]. Modules and declarations, then the files that load them faster.
const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const COMPILER = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

const { values } = parseArgs({ options: { out: { type: 'string', default: `${PROJECT}dist` } } });
rmSync(values.out, { recursive: true, force: true });
execFileSync(process.execPath, [COMPILER, '--outDir', values.out], { cwd: PROJECT, stdio: 'inherit' });
await merge(values.out);
