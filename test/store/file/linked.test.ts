import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DeniedRecordError, StoreError } from '../../../src/base/errors.js';
import { Folders } from '../../../src/disk/folders.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { checkStore } from '../../../src/store/check.js';
import type { FileLayout } from '../../../src/store/file/layout.js';
import { FileStore } from '../../../src/store/file/store.js';
import { Findings } from '../../../src/store/finding.js';
import { listOf, temporaryStore } from '../../aid/file-store.js';
import { snapshot, temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { giveAway, notRoot, STRANGER } from '../../aid/ownership.js';
import { all, aRecord, idOf, idsIn, increment, owner } from '../../aid/records.js';

const ID = idOf('a');
const TOMBSTONE = { reason: 'logout', at: 1, until: 9e12 } as const;

/** A store with a session of `u` that has expired, and another store alike, whose folders links may lead to. */
async function storeBesideAnother() {
  const mine = temporaryStore();
  const theirs = temporaryStore();
  for (const { store } of [mine, theirs]) {
    await store.create(aRecord('a', { user: owner('u'), expires: 1000 }));
    await store.delete(idOf(`gone ${ID}`), { tombstone: { ...TOMBSTONE, until: 2 } });
    await store.close();
  }
  // A file time that lies, which a look at the record would mend.
  utimesSync(theirs.layout.record(ID), 5, 5);
  return { mine, theirs };
}

const FOLDERS: readonly [string, (layout: FileLayout) => string][] = [
  ['the folder of a record', (layout) => dirname(layout.record(ID))],
  ['the folder of users', (layout) => layout.users],
];

/** All that reads, writes, dates or removes; gives the errors. */
async function workOn(store: FileStore): Promise<unknown[]> {
  const admin = new SessionAdmin({ store, clock: () => 2000 });
  const work = [
    () => store.find(ID),
    () => store.update(ID, increment),
    () => store.create(aRecord('a', { user: owner('u') })),
    () => all(store.scan()),
    () => all(store.scan({ prefix: ID })),
    () => all(store.findByUser('u', { past: true })),
    () => all(store.expiryCandidates(Number.MAX_SAFE_INTEGER)),
    () => store.delete(ID, { when: () => false }),
    () => store.delete(ID, { tombstone: TOMBSTONE }),
    () => store.tombstone(ID),
    () => admin.expire({ userId: 'u' }),
    () => admin.purge({ state: 'expired' }),
    () => admin.purge({ all: true }),
    () => store.sweep(Number.MAX_SAFE_INTEGER),
  ];
  const errors: unknown[] = [];
  for (const one of work) await one().catch((error: unknown) => errors.push(error));
  return errors;
}

describe.for([
  ['by the owner', false],
  ['by root, in the store of somebody else', true],
] as const)('spec 6: a link below the folder of the store is not followed %s', ([, asRoot]) => {
  it.for(FOLDERS)(
    'in place of %s: nothing behind it is read, written, dated or removed',
    async ([, folderOf], context) => {
      if (asRoot) need(context, notRoot);
      const { mine, theirs } = await storeBesideAnother();
      rmSync(folderOf(mine.layout), { recursive: true });
      symlinkSync(folderOf(theirs.layout), folderOf(mine.layout));
      if (asRoot) giveAway(mine.layout.root);
      const before = snapshot(theirs.layout.root);
      const errors = await workOn(mine.store);
      expect(errors.length).toBeGreaterThan(0);
      for (const error of errors) {
        expect(error).toBeInstanceOf(StoreError);
        expect(String(error)).toMatch(/: a symbolic link is where .* the store follows none \(ELOOP\)$/);
      }
      expect(snapshot(theirs.layout.root)).toEqual(before);
    },
  );

  it('I4: records elsewhere in the store are listed and purged all the same', async (context) => {
    if (asRoot) need(context, notRoot);
    const { mine, theirs } = await storeBesideAnother();
    await mine.store.create(aRecord('b', { expires: 1000 }));
    rmSync(dirname(mine.layout.record(ID)), { recursive: true });
    symlinkSync(dirname(theirs.layout.record(ID)), dirname(mine.layout.record(ID)));
    if (asRoot) giveAway(mine.layout.root);
    const purge = new SessionAdmin({ store: mine.store, clock: () => 2000 }).purge({ state: 'expired' });
    await expect(purge).rejects.toThrow(/symbolic link/);
    expect(existsSync(mine.layout.record(idOf('b')))).toBe(false);
    expect(existsSync(theirs.layout.record(ID))).toBe(true);
  });

  it('the folder itself may be one, for operators link it', async (context) => {
    if (asRoot) need(context, notRoot);
    const { mine } = await storeBesideAnother();
    const moved = join(temporaryFolder(), 'moved');
    renameSync(mine.layout.root, moved);
    symlinkSync(moved, mine.layout.root);
    if (asRoot) giveAway(moved);
    const store = new FileStore(mine.layout.root);
    expect(await store.update(ID, increment)).toMatchObject({ revision: 2 });
    expect(await store.create(aRecord('b', { user: owner('u') }))).toBe('created');
    expect(await idsIn(store.findByUser('u'))).toEqual([ID, idOf('b')].sort());
    await store.close();
    if (asRoot)
      for (const file of readdirSync(moved, { recursive: true }))
        expect(lstatSync(join(moved, String(file))).uid).toBe(STRANGER);
  });
});

describe('a folder that its owner swaps for a link while root is at work', () => {
  it('spec 6: what root has opened is not what it is led to', async (context) => {
    need(context, notRoot);
    need(
      context,
      process.platform === 'linux' ? null : 'only Linux opens files relative to an open folder from here',
    );
    const { mine, theirs } = await storeBesideAnother();
    giveAway(mine.layout.root);
    const folder = dirname(mine.layout.record(ID));
    const before = snapshot(theirs.layout.root);
    new Folders(mine.layout.root).within(mine.layout.record(ID), (safe) => {
      renameSync(folder, `${folder}.away`);
      symlinkSync(dirname(theirs.layout.record(ID)), folder);
      expect(readFileSync(safe, 'utf8')).toBe(readFileSync(`${folder}.away/${ID}.json`, 'utf8'));
      rmSync(safe);
    });
    expect(readdirSync(`${folder}.away`)).not.toContain(`${ID}.json`);
    expect(snapshot(theirs.layout.root)).toEqual(before);
  });
});

describe("files of somebody who is neither root, nor we, nor the folder's owner", () => {
  it('I4: a record of theirs is one that may not be read, with whose it is, and harms no other', async (context) => {
    need(context, notRoot);
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u') }));
    await store.create(aRecord('b', { user: owner('u') }));
    giveAway(layout.record(ID));
    const denied = await store.find(ID).catch((error: unknown) => error);
    expect(denied).toBeInstanceOf(DeniedRecordError);
    expect(String(denied)).toMatch(
      /its file belongs to the user 65533, not to the store's owner, the user 0; run this as the user of the/,
    );
    expect(String(denied)).not.toMatch(/remove|permission denied/);
    await expect(store.update(ID, increment)).rejects.toThrow(DeniedRecordError);
    expect(await idsIn(store.findByUser('u'))).toEqual([ID, idOf('b')].sort());
    const entry = (await all(store.scan())).find(({ id }) => id === ID);
    expect(entry).toMatchObject({ record: null, denied: true, unreadable: expect.stringMatching(/65533/) });
    expect((await store.delete(ID)).removed).toBe(true);
  });

  it.each(['users', 'ab'])('a folder %s of theirs is not used where they may make one', async (name) => {
    const { store, layout } = temporaryStore();
    mkdirSync(join(layout.root, name), { recursive: true });
    chmodSync(layout.root, 0o777);
    if (notRoot === null) giveAway(join(layout.root, name));
    const record = aRecord('a', { user: owner('u') });
    const work = store.create({ ...record, id: 'ab'.padEnd(32, '0') });
    if (notRoot === null) await expect(work).rejects.toThrow(/belongs to somebody else than .*: run as/);
    else expect(await work).toBe('created');
  });

  it('a list of sessions cannot be a link, nor a pipe that hangs whoever looks', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u') }));
    const list = listOf(layout, 'u');
    rmSync(list);
    mkdirSync(list);
    await expect(all(store.findByUser('u'))).rejects.toThrow(StoreError);
  });
});

describe("spec 6: root changes nothing in a store behind another user's link", () => {
  async function linkedStore() {
    const { mine, theirs } = await storeBesideAnother();
    const link = join(temporaryFolder(), 'link');
    symlinkSync(theirs.layout.root, link);
    lchownSync(link, STRANGER, STRANGER);
    return { mine, theirs, link };
  }

  it('by no method, and says what to name', async (context) => {
    need(context, notRoot);
    const { theirs, link } = await linkedStore();
    const before = snapshot(theirs.layout.root);
    const message = new RegExp(`${link} is a symbolic link of the user ${STRANGER}.+name the folder itself`);
    for (const work of [
      (store: FileStore) => store.open(),
      (store: FileStore) => store.update(ID, increment),
      (store: FileStore) => store.create(aRecord('b', { user: owner('u') })),
      (store: FileStore) => store.delete(ID),
      (store: FileStore) => store.sweep(Number.MAX_SAFE_INTEGER),
      (store: FileStore) => store.secret({ create: true }),
      (store: FileStore) => store.adoptSecret(Buffer.alloc(32, 'x')),
      (store: FileStore) => store.replaceSecrets([], [Buffer.alloc(32, 'x')]),
    ]) {
      const store = new FileStore(link);
      await expect(work(store)).rejects.toThrow(message);
      await store.close();
    }
    expect(snapshot(theirs.layout.root)).toEqual(before);
  });

  it('reads it, and check names the link', async (context) => {
    need(context, notRoot);
    const { link } = await linkedStore();
    const store = new FileStore(link, { readOnly: true });
    await store.open();
    expect((await all(store.scan())).map(({ id }) => id)).toEqual([ID]);
    const findings = new Findings();
    const observer = { see: () => {}, settle: async () => {} };
    await checkStore(store, { at: 0, isFixing: false, findings, observer });
    const found = findings.list().find(({ code }) => code === 'link-to-store');
    expect(found?.examples).toEqual([link]);
  });

  it('follows a link of root in a folder of root', async (context) => {
    need(context, notRoot);
    const { theirs, link } = await linkedStore();
    lchownSync(link, 0, 0);
    const store = new FileStore(link);
    await store.open();
    expect(await store.update(ID, increment)).toMatchObject({ revision: 2 });
    await store.close();
    expect(await theirs.store.find(ID)).toMatchObject({ revision: 2 });
  });
});
