import { writeFileSync } from 'node:fs';

// Loaded into a program that is measured: leaves behind the most memory that it held, in KB (VmHWM on Linux).
process.once('exit', () => {
  writeFileSync(process.env.MOIN_BENCH_USAGE, String(process.resourceUsage().maxRSS));
});
