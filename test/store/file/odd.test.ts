import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StoreError, UnreadableRecordError } from '../../../src/base/errors.js';
import { LARGEST } from '../../../src/disk/plain-file.js';
import type { FileStore } from '../../../src/store/file/store.js';
import { temporaryStore } from '../../aid/file-store.js';
import { putFile, temporaryFolder } from '../../aid/folder.js';
import { all, aRecord, idOf, idsIn } from '../../aid/records.js';

const ID = idOf('odd');

/** What may stand where a record should be, made at `path`. */
const ODD: readonly { what: string; reason: RegExp; make: (path: string) => void | Promise<void> }[] = [
  { what: 'a folder', reason: /folder/, make: (path) => void mkdirSync(path) },
  { what: 'a pipe', reason: /pipe/, make: (path) => void execFileSync('mkfifo', [path]) },
  { what: 'a socket', reason: /socket/, make: listen },
  {
    what: 'a symbolic link to nothing',
    reason: /symbolic link/,
    make: (path) => symlinkSync('nowhere', path),
  },
  { what: 'a symbolic link to a record', reason: /symbolic link/, make: linkToRecord },
  {
    what: 'a file of more than 16 MB',
    reason: /larger than 16 MB/,
    make(path) {
      putFile(path, JSON.stringify({ ...aRecord('odd') }));
      truncateSync(path, LARGEST + 1);
    },
  },
];

function linkToRecord(path: string): void {
  const target = `${temporaryFolder()}/record`;
  putFile(target, JSON.stringify(aRecord('odd')));
  symlinkSync(target, path);
}

async function listen(path: string): Promise<void> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((done) => server.listen(path, done));
}

async function expectUnreadable(store: FileStore, reason: RegExp): Promise<void> {
  const unasked = () => expect.unreachable('it cannot be asked about');
  for (const attempt of [store.find(ID), store.update(ID, unasked)]) {
    const error = await attempt.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnreadableRecordError);
    expect(error).toMatchObject({ reason: expect.stringMatching(reason) });
  }
  expect(await store.create(aRecord('odd'))).toBe('exists');
  expect((await store.delete(ID, { when: unasked })).removed).toBe(false);
}

describe('what is no plain file, in a place for records (I4)', () => {
  it.each(ODD)('$what is unreadable, and left alone', async ({ reason, make }) => {
    const { store, layout } = temporaryStore();
    const path = layout.record(ID);
    await store.create(aRecord('a'));
    mkdirSync(dirname(path), { recursive: true });
    await make(path);
    const before = lstatSync(path);
    await expectUnreadable(store, reason);
    const entry = (await all(store.scan())).find(({ id }) => id === ID);
    expect(entry).toMatchObject({ record: null, unreadable: expect.stringMatching(reason) });
    expect(await idsIn(store.scan())).toContain(idOf('a'));
    await store.sweep(Number.MAX_SAFE_INTEGER);
    expect(lstatSync(path)).toMatchObject({ ino: before.ino, mode: before.mode, size: before.size });
  });

  it('a link is removed when told to, and what it points to is not', async () => {
    const { store, layout } = temporaryStore();
    const target = `${temporaryFolder()}/record`;
    putFile(target, 'precious');
    mkdirSync(dirname(layout.record(ID)), { recursive: true });
    symlinkSync(target, layout.record(ID));
    expect(await store.delete(ID)).toMatchObject({ removed: true, record: null });
    expect(readFileSync(target, 'utf8')).toBe('precious');
    expect(await all(store.scan())).toEqual([]);
  });

  it('a folder is not removed, and says so', async () => {
    const { store, layout } = temporaryStore();
    putFile(`${layout.record(ID)}/precious`, '');
    await expect(store.delete(ID)).rejects.toThrow(StoreError);
    expect(lstatSync(`${layout.record(ID)}/precious`).isFile()).toBe(true);
  });
});

describe("what is no plain file, among the store's other files", () => {
  it('stops no sweep of all the rest, and is reported', async () => {
    const { store, layout } = temporaryStore();
    for (const name of ['a', 'b', 'c']) putFile(layout.tombstone(idOf(name)), '');
    putFile(`${layout.tombstone(ID)}/precious`, '');
    await expect(store.sweep(Number.MAX_SAFE_INTEGER)).rejects.toThrow(/a folder is where .*: move it away/);
    for (const name of ['a', 'b', 'c']) expect(await store.tombstone(idOf(name))).toBeNull();
    expect(lstatSync(`${layout.tombstone(ID)}/precious`).isFile()).toBe(true);
  });

  it('is not written to through a link', async () => {
    const { store, layout } = temporaryStore();
    const target = `${temporaryFolder()}/target`;
    putFile(target, 'precious');
    mkdirSync(layout.root, { mode: 0o700 });
    symlinkSync(target, layout.lock);
    await expect(store.create(aRecord('a'))).rejects.toThrow(
      /lock: a symbolic link is where a file should be/,
    );
    expect(readFileSync(target, 'utf8')).toBe('precious');
  });
});

describe('a path that cannot be a store', () => {
  it('a file in its place is a StoreError with a remedy, for every call', async () => {
    const { store, layout } = temporaryStore();
    putFile(layout.root, 'a file');
    const calls: (() => Promise<unknown>)[] = [
      () => store.find(ID),
      () => store.create(aRecord('odd')),
      () => store.update(ID, () => null),
      () => store.delete(ID),
      () => store.tombstone(ID),
      () => all(store.scan()),
      () => all(store.expiryCandidates(0)),
      () => all(store.findByUser('u')),
      () => store.sweep(0),
      () => store.secret({ create: true }),
    ];
    for (const call of calls) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StoreError);
      expect(String(error)).toMatch(
        /^StoreError: [^\n]+: a (part of the path is a file|file is where)[^\n]+$/,
      );
    }
    expect(readFileSync(layout.root, 'utf8')).toBe('a file');
  });

  it('a lock file that was removed is made anew', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a'));
    rmSync(layout.lock);
    expect(await store.create(aRecord('b'))).toBe('created');
    expect(lstatSync(layout.lock).isFile()).toBe(true);
  });
});

describe('the secret in the folder (spec 4)', () => {
  it('is 32 bytes, made once, the same for all who open the store', async () => {
    const { store, layout } = temporaryStore();
    const secret = await store.secret({ create: true });
    expect(secret).toHaveLength(32);
    expect(readFileSync(layout.secret, 'utf8')).toBe(`${secret?.toString('base64url')}\n`);
    expect(await store.secret({ create: true })).toEqual(secret);
    expect(await store.secret({ create: false })).toEqual(secret);
  });

  it.each(['', 'c2hvcnQ', `${'A'.repeat(42)}`, `${'A'.repeat(43)}!`])(
    'is refused when it is %j',
    async (text) => {
      const { store, layout } = temporaryStore();
      putFile(layout.secret, text);
      await expect(store.secret({ create: true })).rejects.toThrow(
        /secret in .* is not 32 bytes .* restore it/,
      );
      expect(readFileSync(layout.secret, 'utf8')).toBe(text);
    },
  );
});
