import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileLayout } from '../../src/store/file/layout.js';
import { FileStore } from '../../src/store/file/store.js';
import { listedIn } from '../aid/file-store.js';
import { all, idsIn } from '../aid/records.js';
import type { Call } from '../store/history/history.js';
import { assertLinearizable } from '../store/history/linear.js';
import { clock, generator, viewOf } from '../store/history/writer.mjs';
import { WriterProcess } from '../store/history/writer-process.js';

export interface CrashOptions {
  /** The folder of the built package. */
  built: string;
  kills: number;
  seed: number;
  /** How many write at a time. */
  writers: number;
}

/** What a run saw. */
export interface CrashReport {
  kills: number;
  /** Kills in the middle of an operation, by what it was. */
  interrupted: Record<string, number>;
  /** Operations that a process was told the result of; none may be undone. */
  acknowledged: number;
  /** Files that the purge at the end swept, temporaries among them. */
  swept: number;
  temporaries: number;
}

/**
 * Lets processes work on one new store and kills them at random moments, each replaced by a new one. After each
 * death every record must be whole and no lock stuck; at the end a purge must sweep what was left over, and some
 * order of all operations must explain what everybody was told.
 * @throws Error that tells what is wrong
 */
export async function crash({ built, kills, seed, writers }: CrashOptions): Promise<CrashReport> {
  const dir = mkdtempSync(join(tmpdir(), 'moin-sessions-crash-'));
  const store = new FileStore(dir);
  const random = generator(seed);
  const calls: Call[] = [];
  const report: CrashReport = { kills, interrupted: {}, acknowledged: 0, swept: 0, temporaries: 0 };
  let left = kills;

  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const messages = 1 + Math.floor(random() * 80);
      const writer = new WriterProcess({ built, where: dir, seed: seed + left, steps: 1e9 });
      await writer.start();
      const said = await writer.killAfter(messages);
      calls.push(...said.calls);
      const what = said.interrupted?.action.do ?? 'between two';
      report.interrupted[what] = (report.interrupted[what] ?? 0) + 1;
      calls.push(...(await lookedAt(store, said.calls)));
    }
  };
  try {
    await Promise.all(Array.from({ length: writers }, lane));
    report.acknowledged = calls.filter(({ result }) => result !== undefined).length;
    report.temporaries = temporaries(dir).length;
    report.swept = await cleanedUp(store, dir);
    assertLinearizable(calls);
  } finally {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  }
  return report;
}

/** Reads all records, and the sessions that the dead one worked on; takes the locks of these. Gives the calls that this was. */
async function lookedAt(store: FileStore, calls: readonly Call[]): Promise<Call[]> {
  const looks: Call[] = [];
  const start = clock();
  for await (const { id, record } of store.scan()) {
    if (record === null) throw new Error(`session ${id} is torn`);
    looks.push(look(id, start, viewOf(record)));
  }
  for (const id of new Set(calls.slice(-10).map((call) => call.id))) {
    const begin = clock();
    looks.push(look(id, begin, viewOf(await store.find(id))));
    await store.update(id, () => null);
  }
  return looks;
}

function look(id: string, start: number, view: ReturnType<typeof viewOf>): Call {
  return { by: 'observer', id, action: { do: 'find' }, start, end: clock(), result: { view } };
}

/** So many entries of a list fill the 4096 bytes below which a purge leaves it. */
const WORTH_SWEEPING = 62;

/** The next purge: what killed writers left goes, and the index of users says what the records say. */
async function cleanedUp(store: FileStore, dir: string): Promise<number> {
  const swept = await store.sweep(0);
  const left = temporaries(dir);
  if (left.length > 0) throw new Error(`the purge left ${left.join(', ')}`);
  const owned = (await all(store.scan())).filter(({ record }) => record?.user);
  const listed = await Promise.all(
    ['u0', 'u1', 'u2'].map((user) => idsIn(store.findByUser(user, { past: true }))),
  );
  if (
    listed.flat().sort().join() !==
    owned
      .map(({ id }) => id)
      .sort()
      .join()
  )
    throw new Error('the index of users is not what the records say');
  const entries = ['u0', 'u1', 'u2'].flatMap((user) => listedIn(new FileLayout(dir), user, true));
  if (entries.length > owned.length + 3 * WORTH_SWEEPING)
    throw new Error('the purge left lists of users that are mostly stale');
  return swept;
}

function temporaries(dir: string): string[] {
  return readdirSync(dir, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.tmp'));
}
