import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './folder.mjs';

const USAGE = fileURLToPath(new URL('./usage.mjs', import.meta.url));
const MOIN_SESSIONS = fileURLToPath(new URL('../bin/moin-sessions.js', import.meta.url));
const TIMES = 'TIMEFORMAT="%R %U %S"; time "$@" > /dev/null';

/** Runs a command and discards its output. @returns `seconds` by the clock, and `cpuSeconds` of the command and its children */
export async function timed(...command) {
  // Flush the writes of earlier work, so that they do not fall into the measured time.
  execFileSync('sync');
  const bash = spawn('bash', ['-c', TIMES, '--', ...command], { stdio: ['ignore', 'inherit', 'pipe'] });
  let said = '';
  for await (const text of bash.stderr.setEncoding('utf8')) said += text;
  const [seconds, user, system] = said.trim().split('\n').at(-1).split(' ').map(Number);
  if (bash.exitCode > 0 || Number.isNaN(seconds)) throw new Error(`${command.join(' ')}: ${said}`);
  return { seconds, cpuSeconds: user + system };
}

/** The same for a Node program. Also returns its peak memory in MB. */
export async function timedNode(script, ...args) {
  const file = join(temporaryFolder(), 'usage');
  const times = await timed(
    'env',
    `MOIN_BENCH_USAGE=${file}`,
    process.execPath,
    '--import',
    USAGE,
    script,
    ...args,
  );
  const memory = Number(readFileSync(file, 'utf8')) / 1024;
  rmSync(file);
  return { ...times, memory };
}

export function moinSessions(...args) {
  return timedNode(MOIN_SESSIONS, ...args);
}

export { MOIN_SESSIONS };
