import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import type { SessionRecord } from '../../src/store/contract.js';
import * as samples from './sample-records.mjs';

export const RECORD = samples.RECORD as SessionRecord;
export const REPLACEMENT = samples.REPLACEMENT as SessionRecord;
export const NEIGHBOURS = samples.NEIGHBOURS as SessionRecord[];
export const OLD = [RECORD];

/** The stores that a killed operation may leave, and what the record under `RECORD.id` and the other may be then. */
export const OPERATIONS: readonly { what: string; before: SessionRecord[]; may: SessionRecord[][] }[] = [
  { what: 'create', before: [], may: [[], [REPLACEMENT]] },
  { what: 'update', before: OLD, may: [OLD, [{ ...RECORD, revision: 2, data: { n: 2 } }]] },
  { what: 'removeKey', before: OLD, may: [OLD, [{ ...RECORD, revision: 2, data: {} }]] },
  { what: 'logout', before: OLD, may: [OLD, []] },
  { what: 'rotate', before: OLD, may: [OLD, [RECORD, REPLACEMENT], [REPLACEMENT]] },
  { what: 'takeOver', before: OLD, may: [OLD, [{ ...RECORD, revision: 2, user: REPLACEMENT.user }]] },
  { what: 'purge', before: [RECORD, REPLACEMENT], may: [[RECORD, REPLACEMENT], OLD, [REPLACEMENT], []] },
];

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Runs one operation in a process that dies at its `at`-th step, as `killer` counts them. False: it had come to its end before. */
export async function died(
  what: string,
  { where, killer, at }: { where: string; killer: string; at: number },
): Promise<boolean> {
  const args = ['--import', script(killer), script('operation.mjs'), inject('built'), where, what];
  const env = { ...process.env, KILL_IN: where, KILL_AT: String(at) };
  const run = promisify(execFile)(process.execPath, args, { env });
  return run.then(
    () => false,
    (error) => {
      if (error.signal === 'SIGKILL') return true;
      throw error;
    },
  );
}

/** How many processes run at a time. */
const AT_ONCE = 4;

/**
 * Runs something again and again, killed one step later each time, until it comes to its end.
 * @returns how many steps there are
 */
export async function untilAlive(killedAt: (at: number) => Promise<boolean>): Promise<number> {
  for (let at = 1; ; at += AT_ONCE) {
    const dead = await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => killedAt(at + n)));
    if (dead.includes(false)) return at + dead.indexOf(false) - 1;
  }
}
