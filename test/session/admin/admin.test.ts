import { utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import type { SessionFilter } from '../../../src/session/admin/filter.js';
import type { UserDirectory } from '../../../src/users/directory.js';
import { temporaryStore } from '../../aid/file-store.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

const id = (digits: string) => digits.padEnd(32, '0');
const over = { cookieExpires: NOW - 2 * HOUR };
const clock = () => NOW;

describe('purge of what has expired', () => {
  it('I5: a session that is refreshed meanwhile survives, and counts as kept', async () => {
    const store = await storeOf(sample('aaaa', over), sample('bbbb', over));
    const { expiryCandidates } = store;
    store.expiryCandidates = async function* (at) {
      for await (const candidate of expiryCandidates.call(store, at)) {
        if (candidate === id('bbbb'))
          await store.update(candidate, (record) => ({ ...record, expires: NOW + HOUR }));
        yield candidate;
      }
    };
    const report = await new SessionAdmin({ store, clock }).purge({ state: 'expired' });
    expect(report).toMatchObject({ matched: 2, removed: 1, kept: 1 });
    expect(await store.find(id('bbbb'))).not.toBeNull();
  });

  it('spec 6: an active record with a wrong mtime, as after a restore, stays and is not counted', async () => {
    const { store, layout } = temporaryStore();
    await store.create(sample('aaaa', over));
    await store.create(sample('bbbb', { seen: NOW - HOUR, cookieExpires: NOW + HOUR }));
    utimesSync(layout.record(id('bbbb')), 0, 0);
    const admin = new SessionAdmin({ store, clock });
    const dry = await admin.purge({ state: 'expired' }, { dryRun: true });
    expect(dry).toMatchObject({ matched: 1, removed: 1, kept: 0 });
    expect(await admin.purge({ state: 'expired' })).toEqual({ ...dry, dryRun: false });
    expect(await store.find(id('bbbb'))).not.toBeNull();
    await store.close();
  });

  it('I5: judges by the clock at the moment of removal', async () => {
    const store = await storeOf(sample('aaaa', over));
    let now = NOW;
    const remove = store.delete.bind(store);
    store.delete = (which, options) => {
      now = NOW - 24 * HOUR;
      return remove(which, options);
    };
    expect(await new SessionAdmin({ store, clock: () => now }).purge({ state: 'expired' })).toMatchObject({
      removed: 0,
      kept: 1,
    });
  });

  it('sweeps old tombstones, but not in a dry run', async () => {
    const store = await storeOf();
    await store.delete(id('aaaa'), { tombstone: { reason: 'logout', at: NOW - HOUR, until: NOW - 1 } });
    const admin = new SessionAdmin({ store, clock });
    await admin.purge({ state: 'expired' }, { dryRun: true });
    expect(await store.tombstone(id('aaaa'))).not.toBeNull();
    await admin.purge({ state: 'expired' });
    expect(await store.tombstone(id('aaaa'))).toBeNull();
  });

  it('I4: an unreadable record is neither removed nor counted', async () => {
    const store = await storeOf();
    store.putBytes(id('aaaa'), '{"half');
    store.expiryCandidates = async function* () {
      yield id('aaaa');
    };
    expect(await new SessionAdmin({ store, clock }).purge({ state: 'expired' })).toMatchObject({
      matched: 0,
      removed: 0,
    });
    expect((await new SessionAdmin({ store, clock }).get(id('aaaa')))?.state).toBe('unreadable');
  });
});

describe('purge by other conditions', () => {
  it.each<[string, Parameters<SessionAdmin['purge']>[0]]>([
    ['as a list', [id('aaaa')]],
    ['as a condition', { ids: [id('aaaa')] }],
    ['beside its state', { ids: [id('aaaa')], state: 'unreadable' }],
  ])('I4: an unreadable record whose id is named, %s, is removed', async (_, which) => {
    const store = await storeOf(sample('bbbb'));
    store.putBytes(id('aaaa'), '{"half');
    const admin = new SessionAdmin({ store, clock });
    expect(await admin.purge(which, { dryRun: true })).toMatchObject({ matched: 1, removed: 1, kept: 0 });
    expect(await admin.get(id('aaaa'))).not.toBeNull();
    expect(await admin.purge(which)).toMatchObject({ matched: 1, removed: 1, kept: 0 });
    expect(await admin.get(id('aaaa'))).toBeNull();
  });

  it.each<Parameters<SessionAdmin['purge']>[0]>([
    { state: 'unreadable' },
    { all: true },
    { ids: [id('aaaa')], state: 'active' },
  ])('I4: an unreadable record that is not named, or not meant, stays: %j', async (which) => {
    const store = await storeOf();
    store.putBytes(id('aaaa'), '{"half');
    const admin = new SessionAdmin({ store, clock });
    expect(await admin.purge(which)).toMatchObject({ removed: 0 });
    expect(await admin.get(id('aaaa'))).not.toBeNull();
  });

  it('I5: the condition is checked again on the current record', async () => {
    const store = await storeOf(sample('aaaa', { seen: NOW - 24 * HOUR }));
    const { scan } = store;
    store.scan = async function* (options) {
      for await (const entry of scan.call(store, options)) {
        await store.update(entry.id, (record) => ({ ...record, seen: NOW }));
        yield entry;
      }
    };
    expect(await new SessionAdmin({ store, clock }).purge({ idle: HOUR })).toMatchObject({
      removed: 0,
      kept: 1,
    });
  });

  it.each([{}, { userId: undefined }, { all: false }])(
    '%j would remove everything: TypeError',
    async (filter) => {
      const store = await storeOf(sample('aaaa'));
      await expect(new SessionAdmin({ store, clock }).purge(filter as object)).rejects.toThrow(TypeError);
      expect(await store.find(id('aaaa'))).not.toBeNull();
    },
  );

  it('removes by id, and skips ids without a session', async () => {
    const store = await storeOf(sample('aaaa'));
    const report = await new SessionAdmin({ store, clock }).purge([id('aaaa'), id('bbbb')]);
    expect(report).toMatchObject({ matched: 1, removed: 1, failed: 0 });
  });
});

describe('expire and endUser', () => {
  it('I5: the condition is checked again on the current record', async () => {
    const store = await storeOf(sample('aaaa', { seen: NOW - 24 * HOUR }), sample('bbbb', { seen: 0 }));
    const { scan } = store;
    store.scan = async function* (options) {
      for await (const entry of scan.call(store, options)) {
        if (entry.id === id('aaaa')) await store.update(entry.id, (record) => ({ ...record, seen: NOW }));
        yield entry;
      }
    };
    const report = await new SessionAdmin({ store, clock }).expire({ idle: HOUR });
    expect(report).toMatchObject({ matched: 2, expired: 1, kept: 1 });
    expect((await store.find(id('aaaa')))?.ended).toBeNull();
  });

  it('I5: a session that ended meanwhile is kept as it was ended', async () => {
    const store = await storeOf(sample('aaaa'), sample('bbbb'));
    const { scan } = store;
    const over = { cookieExpires: NOW - HOUR, expires: NOW };
    store.scan = async function* (options) {
      for await (const entry of scan.call(store, options)) {
        const ended = entry.id === id('aaaa') ? ({ at: NOW, by: 'user' } as const) : null;
        await store.update(entry.id, (record) => ({ ...record, ...over, ended }));
        yield entry;
      }
    };
    const report = await new SessionAdmin({ store, clock }).expire({ all: true });
    expect(report).toMatchObject({ matched: 2, expired: 0, kept: 2 });
    expect((await store.find(id('aaaa')))?.ended).toEqual({ at: NOW, by: 'user' });
    expect((await store.find(id('bbbb')))?.ended).toBeNull();
  });

  it('S10: a session that has passed to another user meanwhile is not ended', async () => {
    const store = await storeOf(sample('aaaa'));
    const { findByUser } = store;
    store.findByUser = async function* (userId) {
      for await (const entry of findByUser.call(store, userId)) {
        await store.update(entry.id, (record) => ({ ...record, user: sample('b', { user: 'bob' }).user }));
        yield entry;
      }
    };
    expect(await new SessionAdmin({ store, clock }).endUser('id-alice')).toMatchObject({
      expired: 0,
      kept: 1,
    });
  });

  it('I2: a session that was removed meanwhile stays removed', async () => {
    const store = await storeOf(sample('aaaa'));
    const { scan } = store;
    store.scan = async function* (options) {
      for await (const entry of scan.call(store, options)) {
        await store.delete(entry.id);
        yield entry;
      }
    };
    expect(await new SessionAdmin({ store, clock }).expire({ all: true })).toMatchObject({
      matched: 1,
      expired: 0,
      kept: 1,
    });
    expect(await store.find(id('aaaa'))).toBeNull();
  });

  it('endUser skips the session in `except`, and records who ended the others', async () => {
    const store = await storeOf(sample('aaaa'), sample('bbbb'), sample('cccc', { user: 'bob' }));
    const report = await new SessionAdmin({ store, clock }).endUser('id-alice', {
      except: id('aaaa'),
      by: 'user',
    });
    expect(report).toMatchObject({ matched: 1, expired: 1 });
    expect((await store.find(id('aaaa')))?.ended).toBeNull();
    expect((await store.find(id('bbbb')))?.ended).toEqual({ at: NOW, by: 'user' });
    expect((await store.find(id('cccc')))?.ended).toBeNull();
  });

  it('finds a user by the directory, without reading the whole store', async () => {
    const store = await storeOf(sample('aaaa'), sample('bbbb', { user: 'bob' }));
    const { findByUser } = store;
    const asked: string[] = [];
    store.findByUser = async function* (userId) {
      asked.push(userId);
      yield* findByUser.call(await storeOf(sample('aaaa')), userId);
    };
    store.scan = () => {
      throw new Error('read through');
    };
    const users = { findByName: async () => ({ id: 'id-alice', name: 'Alice' }) } as unknown as UserDirectory;
    const report = await new SessionAdmin({ store, clock, users }).expire({ userName: 'Alice' });
    expect(report).toMatchObject({ matched: 1, expired: 1 });
    expect(new Set(asked)).toEqual(new Set(['id-alice']));
  });

  it('emits an event for each end, and one event for a purge', async () => {
    const told: unknown[] = [];
    const store = await storeOf(sample('aaaa'), sample('bbbb', over));
    const admin = new SessionAdmin({ store, clock, emit: (event, details) => told.push([event, details]) });
    await admin.expire({ all: true });
    await admin.purge({ all: true });
    expect(told).toEqual([
      ['ended', { id: id('aaaa'), kind: 'user', user: 'alice', reason: 'administrator' }],
      ['purged', { count: 2 }],
    ]);
  });
});

describe('looking', () => {
  it.each<[SessionFilter, string[]]>([
    [{ userId: 'id-alice' }, ['aaaa', 'bbbb']],
    [{ userId: ['id-bob', 'id-alice', 'id-bob'] }, ['aaaa', 'bbbb', 'cccc']],
    [{ userId: [] }, []],
    [{ userId: 'alice' }, []],
    [{ userName: 'alice' }, ['aaaa', 'bbbb']],
    [{ userName: ['bob', 'nobody'] }, ['cccc']],
    [{ userName: 'id-alice' }, []],
    [{ ids: [] }, []],
    [{ ids: [id('aaaa'), id('cccc'), '../x'] }, ['aaaa', 'cccc']],
    [{ ids: [id('aaaa'), id('cccc')], userId: 'id-bob' }, ['cccc']],
    [{ ids: [id('aaaa'), id('cccc')], userName: 'bob' }, ['cccc']],
  ])('spec 5: %j means %j', async (filter, expected) => {
    const store = await storeOf(sample('aaaa'), sample('bbbb'), sample('cccc', { user: 'bob' }));
    const found: string[] = [];
    for await (const info of new SessionAdmin({ store, clock }).list(filter)) found.push(info.id.slice(0, 4));
    expect(found.sort()).toEqual(expected);
  });

  it.each<[SessionFilter, boolean]>([
    [{}, true],
    [{ state: 'expired' }, true],
    [{ state: 'grace' }, true],
    [{ state: 'active' }, false],
    [{ state: 'refused' }, false],
  ])(
    'asks the store for the sessions of a user alone, with %j for those that are over: %s',
    async (filter, past) => {
      const store = await storeOf(sample('aaaa'));
      const asked: unknown[] = [];
      Object.assign(store, {
        async *findByUser(...args: unknown[]) {
          asked.push(args);
          yield* [];
        },
      });
      store.scan = () => {
        throw new Error('the store was scanned');
      };
      const list = new SessionAdmin({ store, clock }).list({ ...filter, userId: 'id-alice' });
      for await (const _ of list);
      expect(asked).toEqual([['id-alice', { past }]]);
    },
  );

  it('resolves a prefix to at most `limit` ids', async () => {
    const admin = new SessionAdmin({
      store: await storeOf(sample('abcd1'), sample('abcd2'), sample('ffff')),
      clock,
    });
    expect(await admin.resolve('abcd')).toEqual([id('abcd1'), id('abcd2')]);
    expect(await admin.resolve('abcd', 1)).toHaveLength(1);
    await expect(admin.resolve('abc')).rejects.toThrow(TypeError);
  });

  it('I6: get refuses a string that is not an id', async () => {
    const admin = new SessionAdmin({ store: await storeOf(), clock });
    await expect(admin.get('../x')).rejects.toThrow(TypeError);
    expect(await admin.get(id('abcd'))).toBeNull();
  });
});
