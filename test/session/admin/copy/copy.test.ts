import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../../src/base/clock.js';
import { StoreError } from '../../../../src/base/errors.js';
import { SessionAdmin } from '../../../../src/session/admin/admin.js';
import { type CopyOptions, copySessions } from '../../../../src/session/admin/copy/copy.js';
import type { SessionFilter } from '../../../../src/session/admin/filter.js';
import { endedRecord, tombstoneOf } from '../../../../src/session/lifecycle/ended.js';
import type { SessionRecord } from '../../../../src/store/contract.js';
import { idsIn, NOW, sample } from '../../../aid/records.js';
import { WatchedStore } from '../../../aid/watched-store.js';

const over = { cookieExpires: NOW - 9e6 };
const ended = (record: SessionRecord, reason = 'asked') =>
  endedRecord(record, NOW, { by: 'administrator', reason });
const idOf = (digits: string) => sample(digits).id;

let source: WatchedStore;
let target: WatchedStore;
let now: number;

beforeEach(() => {
  source = new WatchedStore();
  target = new WatchedStore();
  now = NOW;
});

async function put(store: WatchedStore, ...records: SessionRecord[]): Promise<void> {
  for (const record of records) await store.create(record);
}

function copy(options: CopyOptions = {}, filter: SessionFilter = {}) {
  return copySessions({ store: source, clock: () => now }, target, filter, options);
}

const logOut = (store: WatchedStore, digits: string) =>
  store.delete(idOf(digits), { tombstone: tombstoneOf('logout', now) });

const touch = (store: WatchedStore, digits: string, seen: number, data = {}) =>
  store.update(idOf(digits), (current) => ({ ...current, seen, data }));

describe('what a copy brings', () => {
  it('brings records as they are, ended ones with who ended them and why', async () => {
    const rich = sample('aaaa', {
      revision: 7,
      remember: true,
      client: { address: '192.0.2.1', userAgent: 'a browser', url: '/x' },
      origin: idOf('abcd'),
      data: { cart: [1, { two: null }], __proto__: 'x' },
    });
    const records = [rich, sample('bbbb', { user: null }), ended(sample('cccc'))];
    await put(source, ...records);
    expect(await copy()).toEqual({
      matched: 3,
      copied: 3,
      replaced: 0,
      skipped: 0,
      expired: 0,
      failed: 0,
      ended: 0,
      verified: 3,
      unverified: 0,
      bytes: records.reduce((sum, record) => sum + Buffer.byteLength(JSON.stringify(record)), 0),
      dryRun: false,
    });
    for (const record of records) expect(await target.find(record.id)).toEqual(record);
    expect(await idsIn(source.scan())).toEqual(await idsIn(target.scan()));
  });

  it('leaves behind what a purge would remove, counts it, and brings it when the filter asks for it', async () => {
    await put(source, sample('aaaa'), sample('bbbb', over), sample('cccc', { cookieExpires: NOW - 1 }));
    expect(await copy()).toMatchObject({ matched: 3, copied: 2, expired: 1, failed: 0 });
    expect(await idsIn(target.scan())).toEqual([idOf('aaaa'), idOf('cccc')]);
    expect(await copy({}, { state: 'expired' })).toMatchObject({ matched: 1, copied: 1, expired: 0 });
  });

  it('I4: an unreadable record stays where it is, and is named', async () => {
    await put(source, sample('aaaa'));
    source.putBytes(idOf('bbbb'), '{"half');
    const failures: string[] = [];
    const report = await copy({
      onFailure: (id, error) => failures.push(`${id} ${(error as Error).message}`),
    });
    expect(report).toMatchObject({ matched: 2, copied: 1, failed: 1, verified: 1 });
    expect(failures).toEqual([expect.stringMatching(/^bbbb.* is unreadable: it is not JSON/)]);
    expect(await idsIn(target.scan())).toEqual([idOf('aaaa')]);
  });

  it('I4: an unreadable record of the target is not overwritten, and is said to be there', async () => {
    await put(source, sample('aaaa'));
    target.putBytes(idOf('aaaa'), '{"half');
    const failures: string[] = [];
    const report = await copy({ onFailure: (_id, error) => failures.push((error as Error).message) });
    expect(report).toMatchObject({ copied: 0, failed: 1, verified: 0 });
    expect(failures[0]).toContain('(in memory:)');
    expect((await target.contents())[0]).toMatchObject({ record: null });
  });

  it('a dry run counts the same, and writes nothing', async () => {
    const older = sample('bbbb', { seen: NOW - HOUR });
    await put(source, sample('aaaa'), sample('bbbb'), sample('cccc'), sample('dddd'), ended(sample('abab')));
    await put(target, older, sample('cccc'), sample('eeee'), sample('abab'));
    await logOut(target, 'dddd');
    await logOut(source, 'eeee');
    source.newCalls();
    target.newCalls();
    const dry = await copy({ dryRun: true });
    const writes = [...source.newCalls(), ...target.newCalls()].filter((call) =>
      ['create', 'update', 'delete'].includes(call),
    );
    expect(writes).toEqual([]);
    expect(dry).toMatchObject({ copied: 1, replaced: 2, skipped: 2, ended: 1, verified: 0, dryRun: true });
    expect(await copy()).toEqual({ ...dry, verified: 4, dryRun: false });
  });
});

describe('what the target has already', () => {
  const older = sample('aaaa', { seen: NOW - HOUR, data: { at: 'older' } });
  const newer = sample('aaaa', { seen: NOW, data: { at: 'newer' } });
  const twin = sample('aaaa', { seen: NOW, data: { at: 'twin' } });

  it.each<[CopyOptions['onConflict'], SessionRecord, SessionRecord, 'source' | 'target']>([
    [undefined, newer, older, 'source'],
    ['newer', newer, older, 'source'],
    ['newer', older, newer, 'target'],
    ['newer', newer, twin, 'source'],
    ['newer', { ...older, revision: 99 }, newer, 'target'],
    ['skip', newer, older, 'target'],
    ['replace', older, newer, 'source'],
  ])(
    '--on-conflict %s: the session last seen counts, and at the same time the source',
    async (onConflict, from, to, winner) => {
      await put(source, from);
      await put(target, to);
      const report = await copy(onConflict === undefined ? {} : { onConflict });
      expect((await target.find(idOf('aaaa')))?.data).toEqual((winner === 'source' ? from : to).data);
      const isReplaced = winner === 'source';
      expect(report).toMatchObject({
        copied: 0,
        replaced: isReplaced ? 1 : 0,
        skipped: isReplaced ? 0 : 1,
        verified: 1,
      });
    },
  );

  it.each(['newer', 'replace'] as const)(
    'a second copy with %s writes nothing, whatever the revisions',
    async (onConflict) => {
      await put(source, newer, sample('bbbb'));
      await put(target, older);
      expect(await copy({ onConflict })).toMatchObject({ copied: 1, replaced: 1 });
      expect((await target.find(idOf('aaaa')))?.revision).toBe(2);
      const before = await target.contents();
      expect(await copy({ onConflict })).toMatchObject({ copied: 0, replaced: 0, skipped: 2, verified: 2 });
      expect(await target.contents()).toEqual(before);
    },
  );

  it('brings up to date what servers have written to the source since', async () => {
    await put(source, sample('aaaa'), sample('bbbb'));
    await copy();
    await touch(source, 'aaaa', NOW + 5, { n: 1 });
    await put(source, sample('cccc'));
    expect(await copy()).toMatchObject({ copied: 1, replaced: 1, skipped: 1, verified: 3 });
    expect((await target.find(idOf('aaaa')))?.data).toEqual({ n: 1 });
  });
});

describe('I2: what has ended stays so', () => {
  it.each(['skip', 'replace', 'newer'] as const)(
    'I2: %s revives nothing that has ended in the target',
    async (onConflict) => {
      await put(source, sample('aaaa'), sample('bbbb', { seen: NOW + 9 }));
      await put(target, ended(sample('aaaa')), sample('bbbb'));
      await logOut(target, 'bbbb');
      expect(await copy({ onConflict })).toMatchObject({ copied: 0, replaced: 0, skipped: 2 });
      expect((await target.find(idOf('aaaa')))?.ended).not.toBeNull();
      expect(await target.find(idOf('bbbb'))).toBeNull();
    },
  );

  it.each(['skip', 'replace', 'newer'] as const)(
    'I2: with %s an end in the source ends the session in the target',
    async (onConflict) => {
      await put(source, ended(sample('aaaa', { seen: NOW - HOUR }), 'stolen'), sample('bbbb'));
      await put(target, sample('aaaa'), sample('bbbb'));
      await logOut(source, 'bbbb');
      expect(await copy({ onConflict })).toMatchObject({ replaced: 1, ended: 1 });
      expect((await target.find(idOf('aaaa')))?.ended).toMatchObject({
        by: 'administrator',
        reason: 'stolen',
      });
      expect(await target.find(idOf('bbbb'))).toBeNull();
      expect(await target.tombstone(idOf('bbbb'))).toMatchObject({ reason: 'logout', at: NOW });
    },
  );

  it('I2: a session that is logged out while the copy runs does not live on in the target', async () => {
    await put(source, sample('aaaa'), sample('bbbb'), sample('cccc'));
    target.after = (call, id) => call === 'create' && id === idOf('bbbb') && logOut(source, 'aaaa');
    target.before = (call, id) => call === 'create' && id === idOf('cccc') && logOut(source, 'cccc');
    expect(await copy()).toMatchObject({ copied: 3, ended: 2, failed: 0 });
    expect(await idsIn(target.scan())).toEqual([idOf('bbbb')]);
    expect(await target.create(sample('aaaa'))).toBe('gone');
  });

  it('I2: nor does one that is purged, expired by an operator, or rotated then', async () => {
    await put(source, sample('aaaa'), sample('bbbb'), sample('cccc'), sample('dddd'));
    target.after = async (call, id) => {
      if (call !== 'create' || id !== idOf('dddd')) return;
      await source.delete(idOf('aaaa'));
      await source.update(idOf('bbbb'), (current) => ended(current));
      await source.delete(idOf('cccc'), {
        tombstone: tombstoneOf('rotated', now, { successor: idOf('eeee') }),
      });
    };
    expect(await copy()).toMatchObject({ copied: 4, ended: 3, failed: 0 });
    expect(await target.find(idOf('aaaa'))).toBeNull();
    expect((await target.find(idOf('bbbb')))?.ended?.by).toBe('administrator');
    expect(await target.tombstone(idOf('cccc'))).toMatchObject({ successor: idOf('eeee') });
  });

  it('a later copy ends what was ended since, and leaves what the source never had or has forgotten', async () => {
    await put(source, sample('aaaa'), sample('bbbb'), sample('cccc'));
    await copy();
    await put(target, sample('eeee'));
    await logOut(source, 'aaaa');
    await source.delete(idOf('bbbb'));
    expect(await copy()).toMatchObject({ matched: 1, skipped: 1, ended: 1 });
    expect(await idsIn(target.scan())).toEqual([idOf('bbbb'), idOf('cccc'), idOf('eeee')]);
  });

  it('I4: a record of the source that became unreadable is no end', async () => {
    await put(source, sample('aaaa'));
    await copy();
    source.putBytes(idOf('aaaa'), '');
    expect(await copy({ onFailure: () => {} })).toMatchObject({ failed: 1, ended: 0 });
    expect(await target.find(idOf('aaaa'))).not.toBeNull();
  });

  it('a copy of some users ends the sessions of those alone', async () => {
    const bobs = sample('bbbb', { user: 'bob' });
    await put(source, sample('aaaa'), bobs);
    await copy();
    await logOut(source, 'aaaa');
    await logOut(source, 'bbbb');
    expect(await copy({}, { userId: 'id-alice' })).toMatchObject({ ended: 1 });
    expect(await idsIn(target.scan())).toEqual([idOf('bbbb')]);
  });
});

describe('I2: a copy with mirror leaves open in the target what is open in the source', () => {
  const long = { cookieExpires: NOW + 9 * HOUR };

  it('ends what was logged out, or expired by an operator, and then purged between two copies', async () => {
    await put(source, sample('aaaa', long), sample('bbbb', long), sample('cccc', long));
    await copy();
    await logOut(source, 'aaaa');
    await source.update(idOf('bbbb'), (current) => ended(current));
    now = NOW + 2 * HOUR;
    await new SessionAdmin({ store: source, clock: () => now }).purge({ state: 'expired' });
    expect(await copy()).toMatchObject({ matched: 1, skipped: 1, ended: 0 });
    expect(await idsIn(target.scan())).toHaveLength(3);
    const before = await target.contents();
    expect(await copy({ mirror: true, dryRun: true })).toMatchObject({ skipped: 1, ended: 2 });
    expect(await target.contents()).toEqual(before);
    expect(await copy({ mirror: true })).toMatchObject({ skipped: 1, ended: 2, failed: 0, verified: 1 });
    expect(await idsIn(target.scan())).toEqual([idOf('cccc')]);
  });

  it('ends what has expired in the source, although an older record of the target has not', async () => {
    await put(source, sample('aaaa', long));
    await copy();
    await source.update(idOf('aaaa'), (current) => ({ ...current, ...over, expires: NOW - 1 }));
    expect(await copy()).toMatchObject({ expired: 1, ended: 0 });
    expect(await copy({ mirror: true })).toMatchObject({ expired: 1, ended: 1 });
    expect(await target.find(idOf('aaaa'))).toBeNull();
  });

  it('I4: leaves what is unreadable on either side, and what has ended or expired in the target', async () => {
    await put(target, sample('aaaa'), ended(sample('bbbb')), sample('cccc', over));
    target.putBytes(idOf('dddd'), '{"half');
    source.putBytes(idOf('aaaa'), '{"half');
    const before = await target.contents();
    expect(await copy({ mirror: true, onFailure: () => {} })).toMatchObject({ failed: 1, ended: 0 });
    expect(await target.contents()).toEqual(before);
  });

  it('ends nothing when the source does not answer', async () => {
    await put(target, sample('aaaa'), sample('bbbb'), sample('cccc'), sample('dddd'));
    source.before = (call) => {
      if (call === 'find') throw new StoreError('the source is away');
    };
    await expect(copy({ mirror: true, onFailure: () => {} })).rejects.toMatchObject({ name: 'StoppedError' });
    expect(await idsIn(target.scan())).toHaveLength(4);
  });
});

describe('the comparison at the end', () => {
  it('counts a session that the target has lost apart from those that failed to be copied', async () => {
    await put(source, sample('aaaa'), sample('bbbb'));
    target.after = (call, id) => call === 'create' && id === idOf('bbbb') && target.delete(idOf('aaaa'));
    const failures: string[] = [];
    const report = await copy({ onFailure: (_id, error) => failures.push((error as Error).message) });
    expect(report).toMatchObject({ matched: 2, copied: 2, failed: 0, verified: 1, unverified: 1 });
    expect(failures).toEqual([
      expect.stringMatching(/^session aaaa.* was copied, and memory: does not have it: /),
    ]);
  });

  it('counts a session apart that it could not end, and throws the counts without onFailure', async () => {
    await put(source, sample('aaaa'), sample('bbbb'));
    await copy();
    await logOut(source, 'aaaa');
    target.before = (call, id) => {
      if (call === 'delete' && id === idOf('aaaa')) throw new StoreError('aaaa stays');
    };
    await expect(copy()).rejects.toMatchObject({
      name: 'UnfinishedError',
      message: '0 of 1 sessions failed, and 1 the comparison at the end, the first one since aaaa stays',
      report: { matched: 1, failed: 0, ended: 0, verified: 1, unverified: 1 },
    });
  });

  it('counts no session that has meanwhile been logged out in the target, or expired there', async () => {
    await put(source, sample('aaaa'), sample('bbbb', { cookieExpires: NOW - HOUR + 1 }), sample('cccc'));
    target.after = async (call, id) => {
      if (call !== 'create' || id !== idOf('cccc')) return;
      now = NOW + 1;
      await logOut(target, 'aaaa');
      await target.delete(idOf('bbbb'));
    };
    expect(await copy()).toMatchObject({ copied: 3, failed: 0, verified: 1 });
  });

  it('stops when the target fails, and reports how far it came', async () => {
    await put(source, ...Array.from({ length: 300 }, (_, n) => sample(n.toString(16).padStart(4, '0'))));
    let created = 0;
    target.before = (call) => {
      if (call === 'create') created += 1;
      if (call === 'create' && created > 100) throw new StoreError('the target is away');
    };
    await expect(copy({ onFailure: () => {} })).rejects.toMatchObject({
      name: 'StoppedError',
      report: { copied: 100, verified: 0 },
    });
    expect(created).toBeLessThan(160);
  });

  it('asks a distant store many things at a time, and no more than 64', async () => {
    await put(source, ...Array.from({ length: 200 }, (_, n) => sample(n.toString(16).padStart(4, '0'))));
    let inWork = 0;
    let most = 0;
    target.before = async (call) => {
      if (call !== 'create') return;
      inWork += 1;
      most = Math.max(most, inWork);
      await new Promise(setImmediate);
      inWork -= 1;
    };
    expect(await copy()).toMatchObject({ copied: 200, verified: 200 });
    expect(most).toBeGreaterThanOrEqual(32);
    expect(most).toBeLessThanOrEqual(64);
  });
});
