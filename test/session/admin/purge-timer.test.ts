import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSessions, DeniedRecordError, MemoryStore, StoreError } from '../../../src/index.js';
import { purgeRepeatedly } from '../../../src/session/admin/purge-timer.js';

const HOUR = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function siteWithOneVisitor() {
  const store = new MemoryStore();
  const sessions = createSessions({
    store,
    secrets: 's'.repeat(32),
    anonymousCookieLifetime: 1,
    clock: Date.now,
  });
  const cookie = String((await (await sessions.begin({})).commit())['set-cookie']).split(';')[0] ?? '';
  const visit = await sessions.begin({ headers: { cookie } });
  visit.session.set('seen', true);
  await visit.commit();
  return { store, sessions, id: visit.session.id ?? '' };
}

test('startPurging removes what has expired, and not before', async () => {
  const { store, sessions, id } = await siteWithOneVisitor();
  const stop = sessions.startPurging({ every: HOUR / 4 });
  await vi.advanceTimersByTimeAsync(1.9 * HOUR);
  expect(await store.find(id)).not.toBeNull();
  await vi.advanceTimersByTimeAsync(0.5 * HOUR);
  expect(await store.find(id)).toBeNull();
  stop();
});

test('startPurging stops when the function that it returned is called', async () => {
  const { store, sessions, id } = await siteWithOneVisitor();
  sessions.startPurging({ every: HOUR / 4 })();
  await vi.advanceTimersByTimeAsync(5 * HOUR);
  expect(await store.find(id)).not.toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});

test('a timer that was stopped is forgotten: close() stops the others alone', async () => {
  const { sessions } = await siteWithOneVisitor();
  for (let count = 0; count < 3; count++) sessions.startPurging({ every: HOUR })();
  sessions.startPurging({ every: HOUR });
  const cleared = vi.spyOn(globalThis, 'clearTimeout');
  await sessions.close();
  expect(cleared).toHaveBeenCalledTimes(1);
  cleared.mockRestore();
});

test('startPurging stops when the store is closed', async () => {
  const { store, sessions, id } = await siteWithOneVisitor();
  sessions.startPurging({ every: HOUR / 4 });
  await sessions.close();
  await vi.advanceTimersByTimeAsync(5 * HOUR);
  expect(await store.find(id)).not.toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});

test('startPurging goes on after a store that fails once, and emits a warning', async () => {
  const { store, sessions, id } = await siteWithOneVisitor();
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  vi.spyOn(store, 'expiryCandidates').mockImplementationOnce(() => {
    throw new Error('the disk is away');
  });
  const stop = sessions.startPurging({ every: 3 * HOUR });
  await vi.advanceTimersByTimeAsync(3.5 * HOUR);
  expect((await warned).message).toBe('the disk is away');
  await vi.advanceTimersByTimeAsync(3.5 * HOUR);
  expect(await store.find(id)).toBeNull();
  stop();
});

test('startPurging waits for the whole interval, also when it is longer than the longest timer', async () => {
  const { store, sessions, id } = await siteWithOneVisitor();
  const stop = sessions.startPurging({ every: 30 * 24 * HOUR });
  await vi.advanceTimersByTimeAsync(28 * 24 * HOUR);
  expect(await store.find(id)).not.toBeNull();
  await vi.advanceTimersByTimeAsync(4 * 24 * HOUR);
  expect(await store.find(id)).toBeNull();
  await vi.advanceTimersByTimeAsync(25 * 24 * HOUR);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('startPurging takes milliseconds, and refuses numbers that must be another unit', () => {
  expect(() => createSessions().startPurging({ every: 1 })).toThrow('milliseconds');
  expect(() => createSessions().startPurging({ every: Number.NaN })).toThrow('milliseconds');
  expect(() => createSessions().startPurging({ every: Number.POSITIVE_INFINITY })).toThrow('milliseconds');
});

test('that records may not be read is told once until a run has read all; any other failure is told each time', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const denied = new StoreError('denied', { cause: new DeniedRecordError('a', 'permission denied') });
  const full = new StoreError('full');
  const outcomes = [denied, denied, full, full, denied, null, denied, denied];
  const told: string[] = [];
  const stop = purgeRepeatedly(HOUR, async () => {
    const outcome = outcomes.shift();
    told.push(outcome?.message ?? 'done');
    if (outcome) throw outcome;
  });
  for (let turn = 0; turn < 8; turn++) {
    const before = warned.mock.calls.length;
    await vi.advanceTimersByTimeAsync(1.06 * HOUR);
    if (warned.mock.calls.length > before) told.push('told');
  }
  stop();
  warned.mockRestore();
  expect(told.join(' ')).toBe('denied told denied full told full told denied done denied told denied');
});
