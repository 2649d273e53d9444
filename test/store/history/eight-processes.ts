import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject, onTestFinished } from 'vitest';
import type { Action, Call } from './history.js';
import { clock, idOf } from './writer.mjs';
import { type WriterOptions, WriterProcess, writtenBy } from './writer-process.js';

/** Runs the real command line; gives one call for each session that it says it dealt with. */
async function commandLine(where: string, action: Action['do'], ...args: string[]): Promise<Call[]> {
  const start = clock();
  const program = join(inject('built'), 'bin', 'moin-sessions.js');
  const command = [program, '--store', where, ...args, '--format', 'ids'];
  // Status 3 and 4: some of the named are not there (any more).
  const done = await promisify(execFile)(process.execPath, command).catch((error) => {
    if (error.code === 3 || error.code === 4) return error as { stdout: string };
    throw error;
  });
  const ids = done.stdout.split('\n').filter(Boolean);
  const call = { by: 'cli', action: { do: action } as Action, start, end: clock() };
  return ids.map((id) => ({ ...call, id, result: { done: true } as const }));
}

/** A writer that ends with the test. */
export function writer(options: Omit<WriterOptions, 'built'>): WriterProcess {
  const process = new WriterProcess({ built: inject('built'), ...options });
  onTestFinished(() => process.kill());
  return process;
}

/**
 * Six writers at work on few sessions of one store, and two command lines that purge and expire beside them.
 * @param beside runs while they write; `isOver` says when to end
 * @returns all that they were told
 */
export async function eightProcesses(
  where: string,
  { steps, beside = async () => {} }: { steps: number; beside?: (isOver: () => boolean) => Promise<unknown> },
): Promise<Call[]> {
  const writers = [1, 2, 3, 4, 5, 6].map((seed) => writer({ where, seed, steps }));
  let isOver = false;
  const written = writtenBy(writers).finally(() => {
    isOver = true;
  });
  const slots = [0, 1, 2, 3, 4, 5];
  const purging = async () => [
    ...(await commandLine(where, 'purge', 'purge', '--expired')),
    ...(await commandLine(where, 'purge', 'purge', '--expired')),
  ];
  const expiring = async () => {
    const ids = slots.flatMap((slot) => [idOf(slot, 0), idOf(slot, 1), idOf(slot, 2)]);
    const named = await commandLine(where, 'expire', 'expire', ...ids, '--yes');
    return [...named, ...(await commandLine(where, 'expire', 'expire', '--user', 'u1', '--yes'))];
  };
  await writers[0]?.underWay();
  const [calls] = await Promise.all([
    Promise.all([written, purging(), expiring()]).then((lists) => lists.flat()),
    beside(() => isOver),
  ]);
  calls.push(...(await commandLine(where, 'expire', 'expire', '--all', '--yes')));
  calls.push(...(await commandLine(where, 'purge', 'purge', '--expired')));
  return calls;
}
