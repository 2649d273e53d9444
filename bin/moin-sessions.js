#!/usr/bin/env node
import { main } from '../dist/cli/main.js';
import { exitWhenWritten } from '../dist/cli/process/exit.js';
import { processContext } from '../dist/cli/process/process-context.js';

await exitWhenWritten(await main(process.argv.slice(2), processContext()));
