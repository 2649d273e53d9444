import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { temporaryStore } from '../aid/file-store.js';
import type { Action, Call } from './history/history.js';
import { assertLinearizable } from './history/linear.js';
import { clock, idOf } from './history/writer.mjs';
import { type WriterOptions, WriterProcess, writtenBy } from './history/writer-process.js';

const built = inject('built');

/** Runs the real command line; gives one call for each session that it says it dealt with. */
async function commandLine(dir: string, action: Action['do'], ...args: string[]): Promise<Call[]> {
  const start = clock();
  const command = [join(built, 'bin', 'moin-sessions.js'), '--store', dir, ...args, '--format', 'ids'];
  // Status 3 and 4: some of the named are not there (any more).
  const done = await promisify(execFile)(process.execPath, command).catch((error) => {
    if (error.code === 3 || error.code === 4) return error as { stdout: string };
    throw error;
  });
  const ids = done.stdout.split('\n').filter(Boolean);
  const call = { by: 'cli', action: { do: action } as Action, start, end: clock() };
  return ids.map((id) => ({ ...call, id, result: { done: true } as const }));
}

function writer(options: Omit<WriterOptions, 'built'>): WriterProcess {
  const process = new WriterProcess({ built, ...options });
  onTestFinished(() => process.kill());
  return process;
}

describe('eight processes on few sessions of one store', () => {
  it('I1, I2, I5: some order explains all that writers, purge and expire were told', async () => {
    const { layout } = temporaryStore();
    const dir = layout.root;
    const writers = [1, 2, 3, 4, 5, 6].map((seed) => writer({ dir, seed, steps: 700 }));
    const written = writtenBy(writers);
    const slots = [0, 1, 2, 3, 4, 5];
    const purging = async () => [
      ...(await commandLine(dir, 'purge', 'purge', '--expired')),
      ...(await commandLine(dir, 'purge', 'purge', '--expired')),
    ];
    const expiring = async () => {
      const ids = slots.flatMap((slot) => [idOf(slot, 0), idOf(slot, 1), idOf(slot, 2)]);
      const named = await commandLine(dir, 'expire', 'expire', ...ids, '--yes');
      return [...named, ...(await commandLine(dir, 'expire', 'expire', '--user', 'u1', '--yes'))];
    };
    await writers[0]?.underWay();
    const calls = (await Promise.all([written, purging(), expiring()])).flat();
    calls.push(...(await commandLine(dir, 'expire', 'expire', '--all', '--yes')));
    calls.push(...(await commandLine(dir, 'purge', 'purge', '--expired')));
    assertLinearizable(calls);
    expect(calls.length).toBeGreaterThan(4000);
    expect(calls.filter(({ by }) => by === 'cli').length).toBeGreaterThan(0);
  }, 60_000);

  it('the checker notices when they work without locks', async () => {
    const { layout } = temporaryStore();
    const options = { dir: layout.root, steps: 400, broken: true };
    const calls = await writtenBy([1, 2, 3, 4].map((seed) => writer({ ...options, seed })));
    expect(() => assertLinearizable(calls)).toThrow(/no order explains/);
  }, 60_000);
});
