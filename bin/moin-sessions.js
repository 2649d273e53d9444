#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { run } from '../dist/cli/run.js';

await run(fileURLToPath(import.meta.url));
