import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryLock } from 'fs-native-extensions';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { lockSlot } from '../../../src/store/file/layout.js';
import { FileStore } from '../../../src/store/file/store.js';
import { cli } from '../../aid/cli/fake-context.js';
import { resultOf } from '../../aid/cli/run.js';
import { idsIn, NOW, sample, storeOf } from '../../aid/records.js';

const idOf = (n: number) => n.toString(16).padStart(4, '0').padEnd(32, '0');
const IDS = Array.from({ length: 12 }, (_, n) => idOf(n));
/** The work stands still at this one. */
const LOCKED = 7;

let folder: string;
let store: FileStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interruption-'));
  store = new FileStore(folder);
  const now = Date.now();
  for (const id of IDS) await store.create(sample(id, { seen: now, cookieExpires: now + HOUR }));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

describe('spec 7: Ctrl-C and other signals end the work at once', () => {
  it.each<[NodeJS.Signals, 'expire' | 'purge', string, string[]]>([
    ['SIGINT', 'purge', 'removed', []],
    ['SIGINT', 'expire', 'ended', ['--json']],
    ['SIGTERM', 'expire', 'ended', ['--format', 'ids']],
    ['SIGHUP', 'purge', 'removed', ['--format', 'csv']],
  ])(
    '%s during %s: a last line says how many sessions are done, and the store is undamaged',
    async (signal, command, past, flags) => {
      const lock = openSync(join(folder, 'lock'), 'a+');
      expect(tryLock(lock, lockSlot(idOf(LOCKED)), 1)).toBe(true);
      const program = join(inject('built'), 'bin/moin-sessions.js');
      const child = spawn(
        process.execPath,
        [program, command, '--store', folder, '--yes', ...flags, ...IDS],
        {
          cwd: folder,
        },
      );
      const result = resultOf(child);
      const last = idOf(LOCKED - 1);
      const isLastDone = async () => (await store.find(last))?.ended !== null;
      while (!(await isLastDone())) await new Promise(setImmediate);
      child.kill(signal);
      expect(await result).toEqual({
        code: 128 + constants.signals[signal],
        out: '',
        err: `moin-sessions: Interrupted: ${past} ${LOCKED} of ${IDS.length} sessions, the rest is as it was\n`,
      });
      closeSync(lock);
      for (const [n, id] of IDS.entries()) {
        const record = await store.find(id);
        if (n >= LOCKED) expect(record).toMatchObject({ id, ended: null });
        else if (command === 'purge') expect(record).toBeNull();
        else expect(record?.ended).not.toBeNull();
      }
    },
  );

  it.each([
    ['purge', 'removed'],
    ['expire', 'ended'],
  ])('%s: when it counted before asking, the last line has the total', async (command, past) => {
    const memory = await storeOf(...IDS.map((id) => sample(id)));
    const interrupt = new AbortController();
    let begun = 0;
    for (const method of ['delete', 'update'] as const) {
      const original = memory[method].bind(memory) as (...args: unknown[]) => Promise<never>;
      memory[method] = async (...args: unknown[]) => {
        begun += 1;
        if (begun === 4) interrupt.abort();
        return original(...args);
      };
    }
    const world = { store: memory, signal: interrupt.signal, tty: true, answers: [true] };
    const { code, err } = await cli(world, command, '--all');
    expect(code).toBe(130);
    expect(err).toContain(`Interrupted: ${past} 3 of 12 sessions, the rest is as it was`);
  });

  it('purge --expired: the last line says that a batch in work may be removed, too', async () => {
    const interrupt = new AbortController();
    const look = store.expiryCandidates.bind(store);
    store.expiryCandidates = async function* (at) {
      let found = 0;
      for await (const id of look(at)) {
        found += 1;
        if (found === 6) interrupt.abort();
        yield id;
      }
    };
    const later = Date.now() + 3 * HOUR;
    const world = { store, signal: interrupt.signal, clock: () => later };
    const { code, err } = await cli(world, 'purge', '--expired');
    expect(code).toBe(130);
    expect(err).toBe('moin-sessions: Interrupted: removed at least 4 sessions, the rest is as it was\n');
    expect(await idsIn(store.scan())).toEqual(IDS.slice(5));
  });

  it('on a terminal the last line replaces the progress', async () => {
    const memory = await storeOf(...IDS.map((id) => sample(id)));
    const interrupt = new AbortController();
    const remove = memory.delete.bind(memory);
    memory.delete = async (id, options) => {
      if (id === IDS[3]) interrupt.abort();
      return remove(id, options);
    };
    let now = NOW;
    const clock = () => (now += 1000);
    const world = { store: memory, signal: interrupt.signal, tty: true, clock };
    const { err } = await cli(world, 'purge', '--all', '-y');
    expect(err).toContain(
      'Removed: 3 sessions\r\x1b[Kmoin-sessions: Interrupted: removed 3 sessions, the rest is as it was\n',
    );
  });

  it('with --dry-run the last line says that nothing was changed', async () => {
    const memory = await storeOf(...IDS.map((id) => sample(id)));
    const interrupt = new AbortController();
    const scan = memory.scan.bind(memory);
    memory.scan = async function* (...args) {
      for await (const entry of scan(...args)) {
        yield entry;
        interrupt.abort();
      }
    };
    const { code, err } = await cli({ store: memory, signal: interrupt.signal }, 'purge', '--all', '-n');
    expect({ code, err }).toEqual({
      code: 130,
      err: 'moin-sessions: Interrupted: nothing was changed\n',
    });
  });
});
