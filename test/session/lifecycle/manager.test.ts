import { expect, it } from 'vitest';
import { Lifetimes } from '../../../src/session/lifecycle/lifetime.js';
import { SessionManager } from '../../../src/session/lifecycle/manager.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { aRecord, idOf } from '../../aid/records.js';

/** A manager of a store with one session, and the events that it emits. */
async function managing() {
  const store = new MemoryStore();
  await store.create(aRecord('a'));
  const events: string[] = [];
  const manager = new SessionManager({
    store,
    clock: () => 1_000_000,
    lifetimes: new Lifetimes(),
    maxSessionsPerUser: 20,
    onLimit: 'evict',
    emit: (event, { reason }) => events.push(`${event} ${reason}`),
  });
  return { store, manager, events };
}

it.each([
  ['logout', ['ended logout']],
  ['destroyed', ['ended destroyed']],
] as const)('spec 5: an end by %s emits %j', async (reason, expected) => {
  const { manager, events } = await managing();
  await manager.end(idOf('a'), reason);
  expect(events).toEqual(expected);
});

it('I2: what ended is remembered, with its reason, for an hour', async () => {
  const { manager } = await managing();
  await manager.end(idOf('a'), 'logout');
  expect(await manager.tombstone(idOf('a'))).toEqual({ reason: 'logout', at: 1_000_000, until: 4_600_000 });
});

it('I2: an id is gone until its tombstone ends, and free from then on', async () => {
  const { manager } = await managing();
  const tombstoneUntil = (until: number) => ({ reason: 'logout' as const, at: 0, until });
  expect(manager.isGone(tombstoneUntil(1_000_001))).toBe(true);
  expect(manager.isGone(tombstoneUntil(1_000_000))).toBe(false);
  expect(manager.isGone(null)).toBe(false);
});

it('I4: an end leaves an unreadable record, and emits no event: its user is not known', async () => {
  const { store, manager, events } = await managing();
  store.putBytes(idOf('a'), 'torn');
  await manager.end(idOf('a'), 'destroyed');
  const left = [];
  for await (const entry of store.scan()) left.push(entry.id);
  expect(left).toEqual([idOf('a')]);
  expect(await manager.tombstone(idOf('a'))).toMatchObject({ reason: 'destroyed' });
  expect(events).toEqual([]);
});
