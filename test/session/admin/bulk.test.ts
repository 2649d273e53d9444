import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { StoppedError, UnfinishedError } from '../../../src/session/admin/bulk.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import { openStore } from '../../../src/store/open.js';
import { cli } from '../../aid/cli/fake-context.js';
import { need } from '../../aid/need.js';
import { all, idsIn, NOW, onlyRecord, sample, storeOf } from '../../aid/records.js';
import { makeSite } from '../../aid/site.js';
import { tinyFileSystem } from '../../store/file/tiny-file-system.js';

const clock = () => NOW;
const over = { cookieExpires: NOW - 9e6 };
const digits = Array.from({ length: 9 }, (_, n) => `a${n}00`);

function fault(code: string): StoreError {
  return new StoreError(`it failed (${code})`, { cause: Object.assign(new Error(code), { code }) });
}

/** A store in which the deletions of these sessions fail, each with its code. */
async function failing(codes: Readonly<Record<string, string>>) {
  const store = await storeOf(...digits.map((begin) => sample(begin, over)));
  const remove = store.delete.bind(store);
  const tried: string[] = [];
  store.delete = async (id, options) => {
    tried.push(id.slice(0, 4));
    const code = codes[id.slice(0, 4)];
    if (code !== undefined) throw fault(code);
    return remove(id, options);
  };
  return { store, tried };
}

/** Until not a byte fits any more. */
function fill(dir: string): void {
  for (const size of [4096, 1]) {
    try {
      for (;;) appendFileSync(join(dir, 'filler'), Buffer.alloc(size));
    } catch {}
  }
}

async function purge(store: MemoryStore) {
  const failed: string[] = [];
  const events: unknown[] = [];
  const emit = (...event: unknown[]) => void events.push(event);
  const work = new SessionAdmin({ store, clock, emit }).purge(
    { state: 'expired' },
    { onFailure: (id) => failed.push(id.slice(0, 4)) },
  );
  const outcome = await work.catch((error: unknown) => error);
  return { outcome, failed, events };
}

describe('a fault of the store stops the work, one of a session does not', () => {
  it.each(['EROFS', 'ENOSPC', 'EDQUOT', 'ENOLCK'])('%s: at once', async (code) => {
    const { store, tried } = await failing({ a200: code });
    const { outcome, failed, events } = await purge(store);
    expect(outcome).toBeInstanceOf(StoppedError);
    expect(outcome).toMatchObject({ message: expect.stringMatching(/^it failed \(.*\); stopped there/) });
    expect((outcome as StoppedError).report).toMatchObject({ matched: 3, removed: 2, kept: 0, failed: 1 });
    expect(tried).toEqual(['a000', 'a100', 'a200']);
    expect(failed).toEqual([]);
    expect(events).toEqual([['purged', { count: 2 }]]);
  });

  it('EACCES: after three in a row', async () => {
    const { store, tried } = await failing({ a200: 'EACCES', a300: 'EACCES', a400: 'EACCES' });
    const { outcome, failed } = await purge(store);
    expect((outcome as StoppedError).report).toMatchObject({ matched: 5, removed: 2, failed: 3 });
    expect(tried).toHaveLength(5);
    expect(failed).toEqual(['a200', 'a300']);
  });

  it.each<[string, Record<string, string>, number]>([
    ['with a good one in between', { a200: 'EACCES', a300: 'EACCES', a500: 'EACCES', a600: 'EACCES' }, 4],
    ['of different kinds', { a200: 'EACCES', a300: 'EIO', a400: 'EACCES', a500: 'EPERM' }, 4],
  ])('faults %s stop nothing', async (_case, codes, count) => {
    const { store } = await failing(codes);
    const { outcome, failed } = await purge(store);
    expect(outcome).toMatchObject({ matched: 9, removed: 9 - count, failed: count });
    expect(failed).toHaveLength(count);
  });

  it('I4: unreadable sessions in a row do not count as a fault of the store', async () => {
    const store = await storeOf(sample('ffff'));
    const torn = ['b', 'c', 'd', 'e'].map((digit) => digit.repeat(32));
    for (const id of torn) store.putBytes(id, '{"half');
    const onFailure = () => {};
    const report = await new SessionAdmin({ store, clock }).expire([...torn, 'ffff'.padEnd(32, '0')], {
      onFailure,
    });
    expect(report).toMatchObject({ matched: 5, expired: 1, failed: 4 });
  });

  it.each(['expire', 'purge'] as const)(
    'spec 5: %s without onFailure throws in the end, with a report and the first cause',
    async (what) => {
      const store = await storeOf(sample('ffff'));
      for (const call of ['update', 'delete'] as const) {
        const sound = store[call].bind(store) as (...args: unknown[]) => Promise<never>;
        store[call] = async (...args: unknown[]) => {
          if (args[0] === 'c'.repeat(32)) throw fault('EACCES');
          return sound(...args);
        };
      }
      await store.create(sample('c'.repeat(32)));
      const ids = ['c'.repeat(32), 'ffff'.padEnd(32, '0')];
      const error = await new SessionAdmin({ store, clock })[what](ids).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UnfinishedError);
      expect(error).toMatchObject({
        message: '1 of 2 sessions failed, the first one since it failed (EACCES)',
        report: { matched: 2, failed: 1, [what === 'expire' ? 'expired' : 'removed']: 1 },
        cause: { message: 'it failed (EACCES)' },
      });
    },
  );

  it('spec 5: endUser throws as well: a caller must not take a session for ended that goes on', async () => {
    const store = await storeOf(sample('ffff'));
    const [entry] = await all(store.scan());
    store.update = async () => {
      throw fault('EACCES');
    };
    const ending = new SessionAdmin({ store, clock }).endUser(entry?.record?.user?.id as string);
    await expect(ending).rejects.toMatchObject({
      name: 'UnfinishedError',
      report: { expired: 0, failed: 1 },
    });
  });

  it('spec 5: on a disk without room endUser ends the sessions all the same, and simulate says who did', async (context) => {
    const disk = tinyFileSystem('size=256k');
    need(context, disk.missing);
    const store = await openStore(join(disk.dir, 'sessions'));
    onTestFinished(() => store.close());
    const site = makeSite({ store });
    const thief = site.browser();
    await thief.logIn('alice');
    // Another line of this length needs another block of the disk.
    const { id } = await onlyRecord(store);
    await store.update(id, (record) => ({ ...record, data: { text: 'x'.repeat(4000) } }));
    fill(disk.dir);
    expect(await site.sessions.endUser('u-alice')).toMatchObject({ matched: 1, expired: 1, failed: 0 });
    const { user, visit, reasons } = await thief.visit();
    expect([user, reasons.moin_session]).toEqual([null, 'refused-unknown']);
    expect(visit.trace.map(({ text }) => text).join()).toContain('its user ended this session');
    expect(site.events).toContainEqual(expect.objectContaining({ event: 'ended', reason: 'user' }));
  });

  it('spec 7: on the command line one line on stderr, the report on stdout, and exit 1', async () => {
    const { store } = await failing({ a200: 'EROFS' });
    const { code, out, err } = await cli({ store }, 'purge', '--expired', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ matched: 3, removed: 2, failed: 1, dryRun: false });
    expect(err).toBe('moin-sessions: it failed (EROFS); stopped there, for the others would fail, too\n');
  });

  it('spec 7: a store on a read-only file system', async (context) => {
    const disk = tinyFileSystem('size=4m');
    need(context, disk.missing);
    const where = join(disk.dir, 'sessions');
    const store = await openStore(where);
    for (const begin of digits) await store.create(sample(begin, over));
    await store.close();
    disk.remount('ro');
    const again = await openStore(where);
    onTestFinished(() => again.close());
    for (const command of [
      ['purge', '--expired'],
      ['purge', '--all', '-y'],
      ['expire', '--all', '-y'],
    ]) {
      const world = { store: again as MemoryStore };
      const { code, err, out } = await cli(world, ...command);
      expect([code, err.match(/\n/g)?.length ?? 0]).toEqual([1, 1]);
      expect(err).toMatch(/the file system is read-only: remount it writable.*\(EROFS\); stopped there/);
      expect(out).toMatch(/ 0 sessions; 1 failed\.\n$/);
    }
    expect(await idsIn(again.scan())).toHaveLength(digits.length);
  });
});
