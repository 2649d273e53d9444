import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { FileLayout } from '../../../src/store/file/layout.js';
import { FileStore } from '../../../src/store/file/store.js';
import { listOf } from '../../aid/file-store.js';
import { putFile, temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { STRANGER } from '../../aid/ownership.js';
import { all, aRecord, idOf, idsIn, increment, owner } from '../../aid/records.js';
import { together, Worker } from '../processes.js';
import { tinyFileSystem } from './tiny-file-system.js';

/** As root the tests have another user to become; others take away their own rights instead. */
const ROOT = process.geteuid?.() === 0;

/** A store in a folder that others may pass through. */
function openStore(): { store: FileStore; layout: FileLayout } {
  const parent = temporaryFolder();
  chmodSync(parent, 0o755);
  const store = new FileStore(join(parent, 'sessions'));
  onTestFinished(() => store.close());
  return { store, layout: new FileLayout(join(parent, 'sessions')) };
}

describe('a file store and another user of the system', () => {
  /** What another user is told who reads and then changes the session 'a'. */
  async function touchedByStranger({ root }: FileLayout): Promise<string[]> {
    const uid = ROOT ? STRANGER : '';
    const worker = new Worker({ where: root, job: 'touch', only: idOf('a'), uid });
    return (await together([worker])).flat();
  }

  it('I4: a record whose file is not ours to read says whose it is, and what to do', async () => {
    const { store, layout } = openStore();
    await store.create(aRecord('a'));
    for (const path of [layout.root, dirname(layout.record(idOf('a')))]) chmodSync(path, 0o755);
    chmodSync(layout.lock, 0o666);
    chmodSync(layout.record(idOf('a')), ROOT ? 0o600 : 0);
    const denied =
      /^DeniedRecordError: .*may not be read: permission denied: its file belongs to the user \d+ and has the mode 0?[06]00; run this as that user or as root/;
    for (const said of await touchedByStranger(layout)) expect(said).toMatch(denied);
  });

  it('a store that is not ours is a StoreError with a remedy', async () => {
    const { store, layout } = openStore();
    await store.create(aRecord('a'));
    chmodSync(layout.root, ROOT ? 0o700 : 0);
    const said = await touchedByStranger(layout);
    chmodSync(layout.root, 0o700);
    expect(said).toHaveLength(2);
    for (const line of said)
      expect(line).toMatch(/^StoreError: .*: permission denied: run as the user who owns/);
  });

  it('what root writes belongs to the owner of the folder, who can go on with it', async () => {
    const { store, layout } = openStore();
    mkdirSync(layout.root, { mode: 0o700 });
    if (ROOT) chownSync(layout.root, STRANGER, STRANGER);
    await store.create(aRecord('a', { user: owner('u') }));
    await store.update(idOf('a'), increment);
    await store.delete(idOf('b'), { tombstone: { reason: 'logout', at: 1, until: 2 } });
    expect(await touchedByStranger(layout)).toEqual(['found 2', 'made 3']);
    expect(await store.find(idOf('a'))).toMatchObject({ revision: 3, data: { n: 2 } });
    const uid = ROOT ? `${STRANGER}` : `${process.geteuid?.()}`;
    expect(execFileSync('find', [layout.root, '!', '-uid', uid], { encoding: 'utf8' })).toBe('');
  });
});

it('root gives away no file that it did not make', async () => {
  const { store, layout } = openStore();
  mkdirSync(layout.root, { mode: 0o700 });
  if (ROOT) chownSync(layout.root, STRANGER, STRANGER);
  for (const path of [layout.lock, listOf(layout, 'u')]) putFile(path, '');
  await store.create(aRecord('a', { user: owner('u') }));
  for (const path of [layout.lock, listOf(layout, 'u')]) {
    expect(statSync(path).uid).toBe(process.geteuid?.());
  }
});

describe('a file store on a real file system', () => {
  it('I3: that is full keeps every record whole, and goes on when there is room', async (context) => {
    const disk = tinyFileSystem('size=256k');
    need(context, disk.missing);
    const store = new FileStore(join(disk.dir, 'sessions'));
    onTestFinished(() => store.close());
    const filler = { text: 'x'.repeat(9000) };
    let kept = 0;
    let full: unknown;
    for (; full === undefined; kept++) {
      const record = aRecord(kept, { user: owner('u'), data: filler });
      await store.create(record).catch((error: unknown) => (full = error));
    }
    expect(full).toBeInstanceOf(StoreError);
    expect(String(full)).toMatch(/the disk is full: make room/);
    const ids = await idsIn(store.scan());
    expect(ids).toHaveLength(kept - 1);
    await expect(store.update(idOf(0), increment)).rejects.toThrow(/disk is full/);
    expect(await store.find(idOf(0))).toEqual(aRecord(0, { user: owner('u'), data: filler }));
    const names = readdirSync(disk.dir, { recursive: true }).map(String);
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const tombstone = { reason: 'logout', at: 1, until: 2_000_000 } as const;
    expect((await store.delete(idOf(1), { tombstone })).removed).toBe(true);
    expect(await store.create(aRecord(1))).toBe('gone');
    for (const id of ids.slice(0, 5)) await store.delete(id);
    expect(await store.create(aRecord('new', { data: filler }))).toBe('created');
  });

  it('that is read-only can be read from', async (context) => {
    const disk = tinyFileSystem('size=256k');
    need(context, disk.missing);
    const store = new FileStore(join(disk.dir, 'sessions'));
    onTestFinished(() => store.close());
    await store.create(aRecord('a', { user: owner('u'), expires: 5 }));
    await store.secret({ create: true });
    await store.close();
    disk.remount('ro');
    expect(await store.find(idOf('a'))).not.toBeNull();
    expect(await idsIn(store.scan())).toEqual([idOf('a')]);
    expect(await all(store.expiryCandidates(5))).toEqual([idOf('a')]);
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf('a')]);
    expect(await store.secret({ create: true })).toHaveLength(32);
    await expect(store.update(idOf('a'), increment)).rejects.toThrow(/read-only: remount/);
  });
});
