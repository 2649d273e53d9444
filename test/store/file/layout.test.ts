import { lstatSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileLayout } from '../../../src/store/file/layout.js';
import { FileStore } from '../../../src/store/file/store.js';
import { indexOf, listedIn, listOf, temporaryStore } from '../../aid/file-store.js';
import { putFile } from '../../aid/folder.js';
import { all, aRecord, idOf, idsIn, increment, owner } from '../../aid/records.js';

const NOW = 1_700_000_000_000;
const byNow = (record: { expires: number }) => record.expires <= NOW;
const mode = (path: string) => statSync(path).mode & 0o777;

describe('the folder of a file store', () => {
  it('holds one JSON file per session, in the folder of its first two digits', async () => {
    const { store, layout } = temporaryStore();
    const record = aRecord('a', { user: owner('u') });
    await store.create(record);
    const path = join(layout.root, record.id.slice(0, 2), `${record.id}.json`);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(record);
    const [entry] = await all(store.scan());
    expect(entry?.bytes).toBe(JSON.stringify(record).length);
  });

  it('is for its owner alone: 0700 and 0600', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u') }));
    await store.delete(idOf('b'), { tombstone: { reason: 'logout', at: 1, until: 2 } });
    await store.secret({ create: true });
    const names = readdirSync(layout.root, { recursive: true }).map(String);
    expect(names.length).toBeGreaterThan(7);
    for (const path of [layout.root, ...names.map((name) => join(layout.root, name))]) {
      const expected = lstatSync(path).isDirectory() ? 0o700 : 0o600;
      expect(`${relative(layout.root, path)} ${mode(path).toString(8)}`).toBe(
        `${relative(layout.root, path)} ${expected.toString(8)}`,
      );
    }
  });

  it('is not made by reading', async () => {
    const { store, layout } = temporaryStore();
    expect(await store.find(idOf('a'))).toBeNull();
    expect(await all(store.scan())).toEqual([]);
    expect(await all(store.expiryCandidates(NOW))).toEqual([]);
    expect(await all(store.findByUser('u'))).toEqual([]);
    expect(await store.sweep(NOW)).toBe(0);
    expect(await store.secret({ create: false })).toBeNull();
    expect(() => statSync(layout.root)).toThrow(/ENOENT/);
  });

  it('may hold things of others, which are left alone', async () => {
    const { store, layout } = temporaryStore();
    const id = idOf('a');
    const folder = dirname(layout.record(id));
    const others = [
      join(layout.root, 'README'),
      join(layout.root, 'zz', `${id}.json`),
      join(folder, 'notes.json'),
      join(folder, `${id}.json.bak`),
      join(folder, `${id.toUpperCase()}.json`),
      join(folder, `${id.startsWith('00') ? '11' : '00'}${id.slice(2)}.json`),
      join(folder, '.vimrc.tmp'),
      join(layout.users, 'README'),
      join(layout.users, '00', 'README'),
      join(layout.users, 'ABC'),
    ];
    for (const path of others) putFile(path, 'mine');
    await store.create(aRecord('a'));
    expect(await idsIn(store.scan())).toEqual([id]);
    await store.sweep(Number.MAX_SAFE_INTEGER);
    for (const path of others) expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});

describe('the times of files (I5)', () => {
  const setTime = (path: string, ms: number) => utimesSync(path, ms / 1000, ms / 1000);
  const time = (path: string) => Math.round(statSync(path).mtimeMs);

  it('are when the record may go, to the millisecond', async () => {
    const { store, layout } = temporaryStore();
    for (const expires of [NOW + 1, NOW + 123, NOW + 999, 4_102_444_800_001]) {
      await store.create(aRecord('a', { expires: 1 }));
      await store.update(idOf('a'), (record) => ({ ...record, expires }));
      expect(time(layout.record(idOf('a')))).toBe(expires);
      expect(await all(store.expiryCandidates(expires - 1))).toEqual([]);
      expect(await all(store.expiryCandidates(expires))).toEqual([idOf('a')]);
      await store.delete(idOf('a'));
    }
  });

  it('that lie remove nothing, and are mended', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { expires: NOW + 5 }));
    const path = layout.record(idOf('a'));
    setTime(path, NOW - 1_000_000);
    expect(await all(store.expiryCandidates(NOW))).toEqual([idOf('a')]);
    expect((await store.delete(idOf('a'), { when: byNow })).removed).toBe(false);
    expect(time(path)).toBe(NOW + 5);
    expect(await all(store.expiryCandidates(NOW))).toEqual([]);
  });

  it('may be those of a restore: what has expired goes, all else stays', async () => {
    const { store, layout } = temporaryStore();
    for (const [n, expires] of [NOW - 5, NOW, NOW + 1, NOW + 9].entries()) {
      await store.create(aRecord(n, { expires }));
      setTime(layout.record(idOf(n)), NOW - 1);
    }
    for (const id of await all(store.expiryCandidates(NOW))) await store.delete(id, { when: byNow });
    expect(await idsIn(store.scan())).toEqual([idOf(2), idOf(3)].sort());
  });
});

describe('the index of users', () => {
  const aStranger = { id: 'other', name: 'other', method: 'test' };

  it('lists the sessions of all users in a few files, and none of them by name', async () => {
    const { store, layout } = temporaryStore();
    for (let n = 0; n < 40; n++) await store.create(aRecord(n, { user: owner(`user ${n}`) }));
    for (let n = 0; n < 40; n++) expect(await idsIn(store.findByUser(`user ${n}`))).toEqual([idOf(n)]);
    expect(readdirSync(layout.users).every((name) => /^[0-9a-f]{3}$/.test(name))).toBe(true);
    const text = readFileSync(listOf(layout, 'user 7'), 'utf8');
    expect(text).toContain(idOf(7));
    expect(text).not.toContain('user 7');
  });

  it('spec 7: reading leaves it as it is, out of date or not', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u') }));
    await store.create(aRecord('b', { user: owner('other') }));
    for (const name of ['gone', 'b', 'a']) indexOf(layout).add(owner('u'), idOf(name));
    const before = readFileSync(listOf(layout, 'u'));
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf('a')]);
    expect(await idsIn(store.findByUser('other'))).toEqual([idOf('b')]);
    await store.delete(idOf('a'));
    expect(await all(store.findByUser('u'))).toEqual([]);
    expect(readFileSync(listOf(layout, 'u'))).toEqual(before);
  });

  it('keeps the new owner of a session that changed hands, though both be in one list', async () => {
    const { store, layout } = temporaryStore();
    const [one, other] = usersOfOneList(layout);
    await store.create(aRecord('a', { user: owner(one) }));
    await store.update(idOf('a'), (record) => ({ ...record, user: { ...aStranger, id: other } }));
    expect(await all(store.findByUser(one))).toEqual([]);
    expect(await idsIn(store.findByUser(other))).toEqual([idOf('a')]);
  });

  it('gets back what a power cut took, with the next save of whoever looks for the first time', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u') }));
    rmSync(layout.users, { recursive: true });
    expect(await all(store.findByUser('u'))).toEqual([]);
    await new FileStore(layout.root).update(idOf('a'), increment);
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf('a')]);
  });

  it('is not spoilt by an entry that was cut short, or by what else a list holds', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u') }));
    const path = listOf(layout, 'u');
    writeFileSync(path, `${readFileSync(path, 'utf8')}\n0123456789abcd`);
    await store.create(aRecord('b', { user: owner('u') }));
    writeFileSync(path, `${readFileSync(path, 'utf8')}\nREADME ${idOf('c')}\n`);
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf('a'), idOf('b')].sort());
  });

  it('keeps the entry of a record that cannot be read (I4)', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u') }));
    const text = readFileSync(layout.record(idOf('a')), 'utf8');
    putFile(layout.record(idOf('a')), '');
    expect(await all(store.findByUser('u'))).toEqual([]);
    await store.sweep(NOW);
    putFile(layout.record(idOf('a')), text);
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf('a')]);
  });

  it('is swept where that makes room on the disk, and no sooner', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u') }));
    const index = indexOf(layout);
    index.add(owner('u'), idOf('gone'));
    expect(await store.sweep(NOW)).toBe(0);
    expect(listedIn(layout, 'u')).toEqual([idOf('a'), idOf('gone')]);
    for (let n = 0; n < 100; n++) index.add(owner('u'), idOf(n));
    expect(await store.sweep(NOW)).toBe(101);
    expect(listedIn(layout, 'u')).toEqual([idOf('a')]);
    await store.delete(idOf('a'));
    expect(await store.sweep(NOW)).toBe(1);
    expect(readdirSync(layout.users)).toEqual([]);
  });

  /** Two names whose digests begin alike: of 5000 there are many pairs. */
  function usersOfOneList(layout: FileLayout): [string, string] {
    const seen = new Map<string, string>();
    for (let n = 0; n < 5000; n++) {
      const path = listOf(layout, `user ${n}`);
      const before = seen.get(path);
      if (before !== undefined) return [before, `user ${n}`];
      seen.set(path, `user ${n}`);
    }
    throw new Error('4096 lists cannot hold 5000 users apart');
  }
});

describe('what a crash leaves behind (I3)', () => {
  it('is swept: temporary files, index entries without a record, old tombstones', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u') }));
    const record = layout.record(idOf('a'));
    const left = [
      join(dirname(record), `.${idOf('a')}.json.0123456789ab.tmp`),
      join(dirname(record), `.${idOf('a')}.gone.0123456789ab.tmp`),
      join(layout.root, '.secret.0123456789ab.tmp'),
      join(layout.users, '.abc.0123456789ab.tmp'),
      layout.tombstone(idOf('ended')),
    ];
    for (const path of left) putFile(path, '{"half":');
    indexOf(layout).add(owner('nobody'), idOf('gone'));
    left.push(listOf(layout, 'nobody'));
    utimesSync(layout.tombstone(idOf('ended')), NOW / 1000, NOW / 1000);
    expect(await idsIn(store.scan())).toEqual([idOf('a')]);
    expect(await store.sweep(NOW)).toBe(left.length);
    for (const path of left) expect(() => statSync(path)).toThrow(/ENOENT/);
    expect(await store.find(idOf('a'))).toEqual(aRecord('a', { user: owner('u') }));
    expect(await store.sweep(NOW)).toBe(0);
  });

  it('a tombstone that cannot be read holds until its file says (I2)', async () => {
    const { store, layout } = temporaryStore();
    putFile(layout.tombstone(idOf('a')), '{"rea');
    utimesSync(layout.tombstone(idOf('a')), NOW / 1000, NOW / 1000);
    expect(await store.sweep(NOW - 1)).toBe(0);
    expect(await store.create(aRecord('a', { seen: NOW - 1 }))).toBe('gone');
    expect(await store.create(aRecord('a', { seen: NOW }))).toBe('created');
  });
});
