#!/usr/bin/env node
import { processContext } from '../dist/cli/context.js';
import { main } from '../dist/cli/main.js';
import { exitWhenWritten } from '../dist/cli/process/exit.js';

await exitWhenWritten(await main(process.argv.slice(2), processContext()));
