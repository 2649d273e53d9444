import fc from 'fast-check';
import { expect } from 'vitest';
import type { SessionRecord, Tombstone } from '../../../src/store/contract.js';
import type { StoreUnderTest } from '../../../src/testing/store/check.js';
import { all, aRecord, idOf, idsIn, owner } from '../../aid/records.js';
import type { Reference } from './reference.js';

/** The store in two processes; some command is done in the one, some in the other. */
type Real = StoreUnderTest;
type Step = fc.AsyncCommand<Reference, Real>;

const id = fc.constantFrom('a', 'b', 'c', 'd').map(idOf);
const user = fc.constantFrom(null, owner('u'), owner('v'), owner('a/../b\0é'));
const data = fc
  .dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 })
  .map(asJson);
/** Ms from the clock: past and future. */
const distance = fc.constantFrom(-5000, -1, 0, 1, 5000);

/** As it comes back from JSON: without -0, and with keys like `__proto__` as plain data. */
function asJson(value: unknown): SessionRecord['data'] {
  return JSON.parse(JSON.stringify(value)) as SessionRecord['data'];
}

/** A command of this name; `run` does it to both, and compares. */
function step(name: string, run: (model: Reference, real: Real) => Promise<void>): Step {
  return { check: () => true, run, toString: () => name };
}

function withOwner(record: SessionRecord, user: SessionRecord['user']): SessionRecord {
  return { ...record, user, kind: user === null ? 'anonymous' : 'user' };
}

const create = fc.tuple(id, user, data, distance).map(([at, user, data, left]) =>
  step(`create ${at.slice(0, 4)} for ${user?.id}, ${left} ms left`, async (model, { store }) => {
    const times = {
      created: model.now,
      seen: model.now,
      cookieExpires: model.now + left,
      expires: model.now + left,
    };
    const record = withOwner({ ...aRecord('a'), ...times, id: at, data }, user);
    expect(await store.create(record)).toBe(model.create(record));
  }),
);

/** What an update may do. */
const change = fc.oneof(
  data.map((data) => (record: SessionRecord) => ({ ...record, data })),
  user.map((user) => (record: SessionRecord) => withOwner(record, user)),
  distance.map((left) => (record: SessionRecord) => ({
    ...record,
    seen: record.seen + 1,
    expires: record.expires + left,
  })),
  fc.constant((record: SessionRecord) => ({ ...record, revision: 999 })),
  fc.constant(() => null),
);

const update = fc.tuple(id, change).map(([at, change]) =>
  step(`update ${at.slice(0, 4)}`, async (model, { store }) => {
    if (model.find(at) === 'damaged') return expect(store.update(at, change)).rejects.toThrow(/unreadable/);
    expect(await store.update(at, change)).toEqual(model.update(at, change));
  }),
);

const remove = fc
  .tuple(id, fc.boolean(), fc.option(distance), fc.boolean())
  .map(([at, isPurge, left, keepUnreadable]) =>
    step(
      `delete ${at.slice(0, 4)}${isPurge ? ' if expired' : ''}, tombstone ${left}`,
      async (model, { store }) => {
        const when = isPurge ? (record: SessionRecord) => record.expires <= model.now : undefined;
        const tombstone: Tombstone | undefined =
          left === null ? undefined : { reason: 'logout', at: model.now, until: model.now + left };
        const record = model.records.get(at) ?? null;
        const removed = model.delete(at, when, tombstone, keepUnreadable);
        const options = { keepUnreadable, ...(when && { when }), ...(tombstone && { tombstone }) };
        expect(await store.delete(at, options)).toMatchObject({ removed, record });
      },
    ),
  );

const damage = id.map((at) =>
  step(`damage ${at.slice(0, 4)}`, async (model, { plant }) => {
    model.records.delete(at);
    model.damaged.add(at);
    await plant(at, '{"version":1,');
  }),
);

/** As a backup or an editor may put it there; it does not expire while the test lasts. */
const putBack = id.map((at) =>
  step(`put back ${at.slice(0, 4)}`, async (model, { plant }) => {
    const record = { ...aRecord('a'), id: at, expires: 8e15 };
    model.damaged.delete(at);
    model.records.set(at, record);
    await plant(at, JSON.stringify(record));
  }),
);

const jump = fc.oneof(distance, fc.constantFrom(-9e8, 9e8)).map((by) =>
  step(`the clock jumps by ${by}`, async (model) => {
    model.now += by;
  }),
);

const sweep = distance.map((by) =>
  step(`sweep at ${by}`, async (model, { store }) => {
    model.sweep(model.now + by);
    await store.sweep(model.now + by);
  }),
);

const look = fc.constant(
  step('look at everything', async (model, { reopen }) => {
    const store = await reopen();
    expect(await idsIn(store.scan())).toEqual(model.ids());
    for (const { id, record } of await all(store.scan()))
      expect(record).toEqual(model.records.get(id) ?? null);
    for (const id of model.records.keys()) {
      expect(await store.find(id)).toEqual(model.find(id));
      expect(await idsIn(store.scan({ prefix: id.slice(0, 5) }))).toEqual([id]);
    }
    for (const id of ['a', 'b', 'c', 'd'].map(idOf))
      expect(await store.tombstone(id)).toEqual(model.tombstones.get(id) ?? null);
    for (const userId of ['u', 'v', 'a/../b\0é']) {
      const theirs = [...model.records.values()].filter(({ user }) => user?.id === userId);
      expect(await idsIn(store.findByUser(userId))).toEqual(theirs.map(({ id }) => id).sort());
    }
    const expired = [...model.records.values()].filter(({ expires }) => expires <= model.now);
    expect(await all(store.expiryCandidates(model.now))).toEqual(
      expect.arrayContaining(expired.map(({ id }) => id)),
    );
  }),
);

const found = id.map((at) =>
  step(`find ${at.slice(0, 4)}`, async (model, { store }) => {
    if (model.find(at) === 'damaged') return expect(store.find(at)).rejects.toThrow(/unreadable/);
    expect(await store.find(at)).toEqual(model.find(at));
  }),
);

/** Anything that may be done to a store, in any order. */
export const anyCommands = fc.commands(
  [create, create, update, update, remove, damage, putBack, jump, sweep, look, found],
  {
    maxCommands: 40,
  },
);
