import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/base/clock.js';
import type { DeleteOptions, SessionRecord } from '../../../src/store/contract.js';
import { DOUBT } from '../../../src/store/redis/user-index.js';
import { need } from '../../aid/need.js';
import { all, aRecord, idOf, idsIn, owner } from '../../aid/records.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { redisSite } from './site.js';

beforeEach((context) => need(context, NO_REDIS));
afterEach(() => vi.useRealTimers());

/** Has this process believe that it is another time. Redis keeps its own. */
function moveTo(time: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: time });
}

/** A session of `u` that begins now. */
function living(name: string | number, lifetime = HOUR): SessionRecord {
  const now = Date.now();
  const times = { created: now, seen: now, cookieExpires: now + lifetime, expires: now + lifetime };
  return { ...aRecord(name, { user: owner('u') }), ...times };
}

function refreshed(record: SessionRecord): SessionRecord {
  const lifetime = record.expires - record.seen;
  const now = Date.now();
  return { ...record, seen: now, cookieExpires: now + lifetime, expires: now + lifetime };
}

const ownedBy = (user: string) => (record: SessionRecord) => ({ ...record, user: owner(user) });

describe('the sets of the users: what lives is listed', () => {
  it('a session of half an hour that is refreshed for hours stays listed as long as it lives', async () => {
    const { open, scoreOf } = await redisSite();
    const store = open();
    const start = Date.now();
    await store.create(living('a', HOUR / 2));
    for (let n = 1; n <= 12; n++) {
      moveTo(start + n * 20 * MINUTE);
      const record = await store.update(idOf('a'), refreshed);
      expect(await scoreOf('u', idOf('a'))).toBeGreaterThanOrEqual(record?.expires as number);
    }
  });

  it('whatever the lifetimes, no entry is over before its record, and few saves write it', async () => {
    const { openHeld, scoreOf } = await redisSite();
    const { store, client } = openHeld();
    const start = Date.now();
    let sessions = 0;
    const lifetime = fc.constantFrom(1, 30 * MINUTE, HOUR, 90 * MINUTE, DAY, 30 * DAY, 400 * DAY);
    const save = fc.record({
      after: fc.constantFrom(0, 1, MINUTE, 20 * MINUTE, DAY),
      change: fc.oneof(
        fc.constant(refreshed),
        fc.constant((record: SessionRecord) => ({ ...record, data: { n: 1 } })),
        fc.constant((record: SessionRecord) => ({ ...record, seen: Date.now() })),
        lifetime.map((left) => (record: SessionRecord) => ({ ...record, expires: Date.now() + left })),
      ),
    });
    const property = fc.asyncProperty(lifetime, fc.array(save, { maxLength: 12 }), async (life, saves) => {
      moveTo(start);
      const name = `s${sessions++}`;
      await store.create(living(name, life));
      for (const { after, change } of saves) {
        moveTo(Date.now() + after);
        const record = await store.update(idOf(name), change);
        expect(await scoreOf('u', idOf(name))).toBeGreaterThanOrEqual(record?.expires as number);
      }
    });
    await fc.assert(property, { numRuns: 60 });

    moveTo(start);
    await store.create(living('often', 10 * DAY));
    client.sent.length = 0;
    for (let n = 0; n < 240; n++) {
      moveTo(Date.now() + HOUR);
      await store.update(idOf('often'), refreshed);
    }
    const entries = client.sent.filter((args) => args.includes(idOf('often')));
    expect(entries.length).toBeLessThan(25);
  });

  it('a record that is over stays listed for as long as it is kept after a write', async () => {
    const { open, scoreOf } = await redisSite();
    const store = open();
    const start = Date.now();
    await store.create(living('a'));
    moveTo(start + 3 * HOUR);
    await store.update(idOf('a'), (record) => ({ ...record, data: { n: 1 } }));
    expect(await scoreOf('u', idOf('a'))).toBeGreaterThanOrEqual(start + 4 * HOUR);
  });

  it('a list mends the entry of a record that was taken for missing', async () => {
    const { open, server, keys, scoreOf } = await redisSite();
    const store = open();
    const record = living('a');
    await store.create(record);
    await server.cli('ZADD', keys.user('u'), -1, idOf('a'));
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf('a')]);
    expect(await scoreOf('u', idOf('a'))).toBeGreaterThanOrEqual(record.expires);
  });

  it('a user who rotates 500 times has a set of one (S9)', async () => {
    const { open, countOf } = await redisSite();
    const store = open();
    for (let n = 0; n < 500; n++) {
      await store.create(living(n));
      await store.delete(idOf(n - 1), { tombstone: { reason: 'rotated', at: 1, until: Date.now() + HOUR } });
    }
    expect(await countOf('u')).toBe(1);
  });

  it('entries that are over go with the next login, though nobody lists or sweeps (S9)', async () => {
    const { open, countOf } = await redisSite();
    const store = open();
    const now = Date.now();
    for (const n of [1, 2, 3]) {
      moveTo(now - n * DAY);
      await store.create(living(n));
    }
    moveTo(now);
    await store.create(living('today'));
    expect(await countOf('u')).toBe(1);
  });
});

describe('two at once on one session', () => {
  it('a session that goes to another user and back at once is not missed', async () => {
    const { open, openHeld } = await redisSite();
    const { store: slow, client } = openHeld();
    const other = open();
    await other.create(living('a'));
    const held = client.hold((args) => args.some((arg) => arg === 'ZREM' || arg === 'XX'));
    const toV = slow.update(idOf('a'), ownedBy('v'));
    await held.reached;
    await other.update(idOf('a'), ownedBy('u'));
    held.release();
    await toV;
    expect(await idsIn(other.findByUser('u'))).toEqual([idOf('a')]);
    expect(await all(other.findByUser('v'))).toEqual([]);
  });

  it.each<[string, DeleteOptions]>([
    ['without a tombstone', {}],
    ['whose tombstone is over', { tombstone: { reason: 'logout', at: 1, until: 2 } }],
  ])('a session that is created anew while its deletion, %s, goes on is not missed', async (_, options) => {
    const { open, openHeld } = await redisSite();
    const { store: slow, client } = openHeld();
    const other = open();
    await other.sweep(0); // It lists all that lives, once.
    await other.create(living('a'));
    const held = client.hold((args) => args.some((arg) => arg === 'ZREM' || arg === 'XX'));
    const deletion = slow.delete(idOf('a'), options);
    await held.reached;
    expect(await other.create(living('a'))).toBe('created');
    held.release();
    await deletion;
    await other.sweep(0);
    moveTo(Date.now() + DOUBT);
    expect(await idsIn(other.findByUser('u'))).toEqual([idOf('a')]);
  });

  it('a record that comes after lists have met its entry is listed, also after the next login', async () => {
    const { open, openHeld, scoreOf } = await redisSite();
    const { store: slow, client } = openHeld();
    const other = open();
    const held = client.hold((args) => args.includes('set') && args.some((arg) => arg.includes(idOf('a'))));
    const creation = slow.create(living('a'));
    await held.reached;
    expect(await scoreOf('u', idOf('a'))).toBeGreaterThan(Date.now());
    expect(await all(other.findByUser('u'))).toEqual([]);
    moveTo(Date.now() + DOUBT - 1000);
    expect(await all(other.findByUser('u'))).toEqual([]);
    held.release();
    await creation;
    await other.create(living('b'));
    expect(await idsIn(other.findByUser('u'))).toEqual([idOf('a'), idOf('b')].sort());
  });

  it('a list that is about to drop an old entry spares one that was written meanwhile', async () => {
    const { open, openHeld, server, keys } = await redisSite();
    const { store: slow, client } = openHeld();
    const other = open();
    await server.cli('ZADD', keys.user('u'), -1, idOf('a'));
    const held = client.hold((args) => args.includes(idOf('a')) && args[0]?.startsWith('EVAL') === true);
    const listed = all(slow.findByUser('u'));
    await held.reached;
    await other.create(living('a'));
    held.release();
    expect(await listed).toEqual([]);
    expect(await idsIn(other.findByUser('u'))).toEqual([idOf('a')]);
  });
});

describe('an entry without its record', () => {
  it.each(['findByUser', 'sweep'] as const)('goes with %s, when no create can be under way', async (by) => {
    const { open, scoreOf, server, keys } = await redisSite();
    const store = open();
    const now = Date.now();
    const look = () => (by === 'sweep' ? store.sweep(0) : all(store.findByUser('u')));
    await server.cli(
      'ZADD',
      keys.user('u'),
      -now,
      idOf('crashed'),
      now + HOUR,
      idOf('new'),
      now - 1,
      idOf('over'),
    );
    await look();
    expect(await scoreOf('u', idOf('over'))).toBeNull();
    expect(await scoreOf('u', idOf('crashed'))).toBe(-now);
    await all(store.findByUser('u'));
    moveTo(now + DOUBT);
    await look();
    expect(await scoreOf('u', idOf('crashed'))).toBeNull();
    moveTo(now + 2 * DOUBT);
    await look();
    expect(await server.cli('EXISTS', keys.user('u'))).toBe('0');
  });

  it('stays when the record is unreadable, for when somebody repairs it (I4)', async () => {
    const { open, server, keys } = await redisSite();
    const store = open();
    const now = Date.now();
    await store.create(living('a'));
    const text = await server.cli('GET', keys.session(idOf('a')));
    await server.cli('SET', keys.session(idOf('a')), '{');
    moveTo(now + 10 * DAY);
    await store.sweep(0);
    await all(store.findByUser('u'));
    await server.cli('SET', keys.session(idOf('a')), text);
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf('a')]);
  });
});
