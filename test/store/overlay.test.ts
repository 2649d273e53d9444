import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionRecord } from '../../src/store/contract.js';
import { OverlayStore } from '../../src/store/overlay.js';
import { WatchedStore } from '../aid/watched-store.js';

const [A, B] = ['a'.repeat(32), 'b'.repeat(32)];

function record(id: string, data: SessionRecord['data'] = {}): SessionRecord {
  return {
    version: 1,
    id,
    kind: 'user',
    user: { id: 'u1', name: 'alice', method: 'test' },
    created: 1,
    seen: 1,
    cookieExpires: 10,
    expires: 20,
    revision: 1,
    remember: false,
    ended: null,
    client: null,
    data,
  };
}

async function idsOf(entries: AsyncIterable<{ id: string } | string>): Promise<string[]> {
  const ids: string[] = [];
  for await (const entry of entries) ids.push(typeof entry === 'string' ? entry : entry.id);
  return ids.sort();
}

describe('OverlayStore', () => {
  let base: WatchedStore;
  let overlay: OverlayStore;

  beforeEach(async () => {
    base = new WatchedStore();
    await base.create(record(A));
    base.newCalls();
    overlay = new OverlayStore(base);
  });

  it('shows what was written, lists it, and keeps it from the store below', async () => {
    await overlay.create(record(B));
    await overlay.update(A, (current) => ({ ...current, data: { x: 1 } }));
    expect((await overlay.find(A))?.data).toEqual({ x: 1 });
    expect((await overlay.find(A))?.revision).toBe(2);
    await overlay.delete(B);
    expect(await overlay.find(B)).toBeNull();
    expect(overlay.writes).toEqual([
      { action: 'create', id: B },
      { action: 'update', id: A },
      { action: 'delete', id: B },
    ]);
    expect(base.newCalls().filter((call) => call !== 'find' && call !== 'tombstone')).toEqual([]);
    expect((await base.find(A))?.data).toEqual({});
  });

  it('a record is copied from the store below once: later writes build on earlier ones', async () => {
    await overlay.update(A, (current) => ({ ...current, data: { ...current.data, x: 1 } }));
    await base.update(A, (current) => ({ ...current, data: { below: 1 } }));
    const updated = await overlay.update(A, (current) => ({ ...current, data: { ...current.data, y: 2 } }));
    expect(updated).toMatchObject({ data: { x: 1, y: 2 }, revision: 3 });
    await overlay.delete(A);
    expect(await overlay.update(A, (current) => current)).toBeNull();
    expect(await overlay.create(record(A, { again: 1 }))).toBe('created');
    expect((await overlay.find(A))?.data).toEqual({ again: 1 });
  });

  it('what changes nothing is not listed', async () => {
    expect(await overlay.create(record(A))).toBe('exists');
    expect(await overlay.update(A, () => null)).toBeNull();
    expect((await overlay.delete(A, { when: () => false })).removed).toBe(false);
    expect((await overlay.delete(B)).removed).toBe(false);
    expect(overlay.writes).toEqual([]);
  });

  it('a record that was deleted here is gone from every list, one that was created is in them', async () => {
    await overlay.delete(A, { tombstone: { reason: 'logout', at: 1, until: 100 } });
    await overlay.create(record(B));
    expect(await idsOf(overlay.scan())).toEqual([B]);
    expect(await idsOf(overlay.findByUser('u1'))).toEqual([B]);
    expect(await idsOf(overlay.expiryCandidates(20))).toEqual([B]);
    expect(await overlay.create(record(A))).toBe('gone');
    expect(await overlay.tombstone(A)).toMatchObject({ reason: 'logout' });
  });

  it('a tombstone of the store below counts here too', async () => {
    await base.delete(A, { tombstone: { reason: 'logout', at: 1, until: 100 } });
    expect(await overlay.tombstone(A)).toMatchObject({ reason: 'logout' });
    expect(await overlay.create(record(A))).toBe('gone');
  });

  it('asks the store below for sessions that are over only where they are asked for', async () => {
    const asked: unknown[] = [];
    base.findByUser = async function* (...call) {
      asked.push(call);
      yield* [];
    };
    await idsOf(overlay.findByUser('u1', { past: true }));
    await idsOf(overlay.findByUser('u1'));
    expect(asked).toEqual([
      ['u1', { past: true }],
      ['u1', undefined],
    ]);
  });

  it('scan with a prefix gives those alone, of both', async () => {
    await overlay.create(record(B));
    expect(await idsOf(overlay.scan({ prefix: 'aa' }))).toEqual([A]);
    expect(await idsOf(overlay.scan({ prefix: 'bb' }))).toEqual([B]);
    expect(await idsOf(overlay.scan())).toEqual([A, B]);
  });
});
