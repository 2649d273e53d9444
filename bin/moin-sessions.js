#!/usr/bin/env node
import { processContext } from '../dist/cli/context.js';
import { main } from '../dist/cli/main.js';

// Not process.exit(): what is still on its way to stdout must arrive.
process.exitCode = await main(process.argv.slice(2), processContext());
