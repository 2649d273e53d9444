import { writeFileSync } from 'node:fs';

// Loaded into a measured program. Reports the program's peak memory in KB (VmHWM on Linux).
process.once('exit', () => {
  writeFileSync(process.env.MOIN_BENCH_USAGE, String(process.resourceUsage().maxRSS));
});
