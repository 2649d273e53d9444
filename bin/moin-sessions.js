#!/usr/bin/env node
import module from 'node:module';

// Node 22 and later keep what they compiled: the next start is faster.
module.enableCompileCache?.();

const [{ processContext }, { main }] = await Promise.all([
  import('../dist/cli/context.js'),
  import('../dist/cli/main.js'),
]);

// Not process.exit(): what is still on its way to stdout must arrive.
process.exitCode = await main(process.argv.slice(2), processContext());
