import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import type { FileLayout } from '../../../src/store/file/layout.js';
import type { FileStore } from '../../../src/store/file/store.js';
import { listOf, temporaryStore } from '../../aid/file-store.js';
import { putFile, temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { notRoot, STRANGER } from '../../aid/ownership.js';
import { all, aRecord, idOf, idsIn, increment, owner } from '../../aid/records.js';

const ID = idOf('a');

/** A file outside of the store that must stay as it is, and what it was. */
function precious(): { path: string; isUntouched: () => boolean } {
  const path = join(temporaryFolder(), 'precious');
  putFile(path, 'precious');
  const { mtimeMs, uid } = lstatSync(path);
  const isUntouched = () => {
    const now = lstatSync(path);
    return readFileSync(path, 'utf8') === 'precious' && now.mtimeMs === mtimeMs && now.uid === uid;
  };
  return { path, isUntouched };
}

/** Does all that a server and an operator do. */
async function workOn(store: FileStore): Promise<unknown[]> {
  const work = [
    () => store.create(aRecord('a', { user: owner('u') })),
    () => store.update(ID, increment),
    () => all(store.scan()),
    () => all(store.findByUser('u')),
    () => all(store.expiryCandidates(Number.MAX_SAFE_INTEGER)),
    () => store.delete(ID, { tombstone: { reason: 'logout', at: 1, until: 2 } }),
    () => store.sweep(Number.MAX_SAFE_INTEGER),
    () => store.secret({ create: true }),
  ];
  const errors: unknown[] = [];
  for (const one of work) await one().catch((error: unknown) => errors.push(error));
  return errors;
}

/** Where somebody may have put a link. */
const PLACES: readonly [string, (layout: FileLayout) => string][] = [
  ['a record', (layout) => layout.record(ID)],
  ['a tombstone', (layout) => layout.tombstone(ID)],
  ['a list of sessions', (layout) => listOf(layout, 'u')],
  ['the lock file', (layout) => layout.lock],
];

describe('links that somebody planted in the store', () => {
  it.each(PLACES)('a symbolic link in place of %s: nothing outside is written', async (_, placeIn) => {
    const { store, layout } = temporaryStore();
    const outside = precious();
    mkdirSync(dirname(placeIn(layout)), { recursive: true });
    symlinkSync(outside.path, placeIn(layout));
    for (const error of await workOn(store)) expect(String(error)).toMatch(/^\w+Error: [^\n]*symbolic link/);
    expect(outside.isUntouched()).toBe(true);
  });

  it.each(PLACES)(
    'a symbolic link to nothing in place of %s: nothing is made outside',
    async (_, placeIn) => {
      const { store, layout } = temporaryStore();
      const outside = join(temporaryFolder(), 'nothing');
      mkdirSync(dirname(placeIn(layout)), { recursive: true });
      symlinkSync(outside, placeIn(layout));
      for (const error of await workOn(store))
        expect(String(error)).toMatch(/^\w+Error: [^\n]*symbolic link/);
      expect(existsSync(outside)).toBe(false);
    },
  );

  it.each(PLACES)('a hard link in place of %s: what it was made of is not written', async (_, placeIn) => {
    const { store, layout } = temporaryStore();
    const outside = precious();
    mkdirSync(dirname(placeIn(layout)), { recursive: true });
    linkSync(outside.path, placeIn(layout));
    await workOn(store);
    expect(outside.isUntouched()).toBe(true);
  });

  it('a record that is a hard link is read, and replaced without its other name', async () => {
    const { store, layout } = temporaryStore();
    const elsewhere = join(temporaryFolder(), 'backup');
    await store.create(aRecord('a'));
    linkSync(layout.record(ID), elsewhere);
    expect(await store.update(ID, increment)).toMatchObject({ revision: 2 });
    expect(JSON.parse(readFileSync(elsewhere, 'utf8'))).toEqual(aRecord('a'));
    await store.delete(ID);
    expect(existsSync(elsewhere)).toBe(true);
  });
});

describe('links that the owner of a store planted for root', () => {
  it.for<[string, (layout: FileLayout) => string]>([
    ['the folder of a record', (layout) => dirname(layout.record(ID))],
    ['the folder of users', (layout) => layout.users],
  ])('%s: root neither writes there nor gives anything away', async ([, placeIn], context) => {
    need(context, notRoot);
    const { store, layout } = temporaryStore();
    const outside = temporaryFolder();
    mkdirSync(layout.root, { mode: 0o700 });
    chownSync(layout.root, STRANGER, STRANGER);
    mkdirSync(dirname(placeIn(layout)), { recursive: true });
    symlinkSync(outside, placeIn(layout));
    const errors = await workOn(store);
    for (const error of errors) expect(error).toBeInstanceOf(StoreError);
    expect(String(errors[0])).toMatch(/a symbolic link is where a file should be: the store follows none/);
    expect(readdirSync(outside)).toEqual([]);
    expect(statSync(outside).uid).toBe(0);
  });

  it('a second name of a file of root stays a file of root', async (context) => {
    need(context, notRoot);
    const { store, layout } = temporaryStore();
    const outside = precious();
    mkdirSync(layout.root, { mode: 0o700 });
    chownSync(layout.root, STRANGER, STRANGER);
    linkSync(outside.path, layout.lock);
    await store.create(aRecord('a'));
    expect(outside.isUntouched()).toBe(true);
    expect(lstatSync(layout.record(ID)).uid).toBe(STRANGER);
  });
});

describe('names that are none of ours, beside the records', () => {
  it('ids in upper case, as a case-insensitive disk might show them, are left alone and shown nowhere', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a'));
    const shouting = ID.toUpperCase();
    for (const name of [`${shouting}.json`, `${ID}.JSON`, `${shouting}.gone`])
      putFile(join(dirname(layout.record(ID)), name), '{}');
    const folder = join(layout.root, ID.slice(0, 2).toUpperCase(), `${shouting}.json`);
    putFile(folder, '{}');
    expect(await idsIn(store.scan())).toEqual([ID]);
    expect(await all(store.expiryCandidates(Number.MAX_SAFE_INTEGER))).toEqual([ID]);
    await expect(store.find(shouting)).rejects.toThrow(TypeError);
    await store.sweep(Number.MAX_SAFE_INTEGER);
    expect(readFileSync(folder, 'utf8')).toBe('{}');
  });

  it('no two names that the store makes differ in case alone', async () => {
    const { store, layout } = temporaryStore();
    for (const user of ['alice', 'Alice', 'ALICE']) {
      await store.create(aRecord(user, { user: owner(user) }));
      await store.delete(idOf(`gone ${user}`), { tombstone: { reason: 'logout', at: 1, until: 9e12 } });
    }
    await store.secret({ create: true });
    const names = readdirSync(layout.root, { recursive: true }).map(String);
    expect(names).toEqual(names.map((name) => name.toLowerCase()));
    for (const user of ['alice', 'Alice', 'ALICE'])
      expect(await idsIn(store.findByUser(user))).toEqual([idOf(user)]);
  });

  it('names that are not UTF-8, or hold anything else, are left alone', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u') }));
    const folders = [layout.root, dirname(layout.record(ID)), layout.users];
    for (const folder of folders) {
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe, 0x80])]), '');
      for (const name of ['new\nline', 'é', '..json', `${ID}.json.tmp`, `.${ID}.json.tmp`, '-rf', ' '])
        writeFileSync(join(folder, name), '');
    }
    const before = execFileSync('find', [layout.root], { encoding: 'latin1' });
    expect(await idsIn(store.scan())).toEqual([ID]);
    expect(await all(store.expiryCandidates(Number.MAX_SAFE_INTEGER))).toEqual([ID]);
    expect(await idsIn(store.findByUser('u'))).toEqual([ID]);
    expect(await store.sweep(0)).toBe(0);
    expect(execFileSync('find', [layout.root], { encoding: 'latin1' })).toBe(before);
  });

  it('a folder in place of the lock file is an error with a remedy', async () => {
    const { store, layout } = temporaryStore();
    mkdirSync(layout.lock, { recursive: true });
    await expect(store.create(aRecord('a'))).rejects.toThrow(
      /a folder is where a file should be: move it away/,
    );
    rmSync(layout.lock, { recursive: true });
    expect(await store.create(aRecord('a'))).toBe('created');
  });
});
