import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, lchownSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreError, UnreadableRecordError } from '../../../src/base/errors.js';
import { LARGEST_FILE } from '../../../src/moin/files/folder.js';
import { PyBytes, PyTuple } from '../../../src/moin/pickle/values.js';
import { writePickle } from '../../../src/moin/pickle/write.js';
import { MoinStore } from '../../../src/moin/store.js';
import type { StoreEntry } from '../../../src/store/contract.js';
import { idOf, NewWiki } from '../../aid/moin/new-wiki.js';
import { need } from '../../aid/need.js';
import { APP, as, notRoot, STRANGER } from '../../aid/ownership.js';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function byId(store: MoinStore): Promise<Map<string, StoreEntry>> {
  return new Map((await all(store.scan())).map((entry) => [entry.id, entry]));
}

function reasonOf(entry: StoreEntry | undefined): string | undefined {
  return entry?.record === null ? entry.unreadable : undefined;
}

const HEX = '0123456789abcdef0123456789abcdef01234567';

describe('names of session files', () => {
  it('I6: in 1.6 any bytes are a name, such as those that are no UTF-8', async () => {
    const wiki = new NewWiki('1.6');
    const names = ["it's", 'two words', 'ünï', 'a\nb', '-rf', '0', '%2e', 'x'.repeat(255), HEX];
    const bytes = [
      ...names.map((name) => Buffer.from(name)),
      Buffer.from([0xff, 0xfe, 0x41]),
      Buffer.from([0xfc]),
    ];
    for (const name of bytes) wiki.session(name, { size: BigInt(name.length) });
    const store = new MoinStore(wiki.data);
    const found = await byId(store);
    expect(found.size).toBe(bytes.length);
    for (const name of bytes) {
      const id = idOf(name);
      expect(found.get(id)?.record?.data).toEqual({ size: name.length });
      expect((await store.find(id))?.id).toBe(id);
      expect(await store.reveal(id)).toBe(join(wiki.sessionDir, name.toString()));
    }
  });

  it('in 1.9 a session has forty lower-case hex digits: all else is none, not even with a newline behind', async () => {
    const wiki = new NewWiki('1.9');
    const others = [
      `${HEX}\n`,
      HEX.toUpperCase(),
      HEX.slice(1),
      `${HEX}0`,
      `.${HEX}`,
      'README',
      `.${HEX}.abc.tmp`,
    ];
    for (const name of others) wiki.session(name, { a: 1n });
    const id = wiki.session(HEX, { a: 1n });
    const store = new MoinStore(wiki.data);
    expect([...(await byId(store)).keys()]).toEqual([id]);
    for (const name of others) expect(await store.find(idOf(name))).toBeNull();
  });

  it('in 1.6 a name that begins with a dot is a temporary file', async () => {
    const wiki = new NewWiki('1.6');
    wiki.session('.abc.0123456789ab.tmp', { a: 1n });
    expect(await all(new MoinStore(wiki.data).scan())).toEqual([]);
  });
});

describe('I4: what is no session harms only itself', () => {
  it('links, pipes and sockets are unreadable and never followed or opened; folders are none', async () => {
    const wiki = new NewWiki('1.6');
    const good = wiki.session('good', { a: 1n });
    symlinkSync(wiki.pathOf('good').toString(), wiki.pathOf('link'));
    symlinkSync('/nothing/there', wiki.pathOf('broken'));
    execFileSync('mkfifo', [wiki.pathOf('pipe').toString()]);
    mkdirSync(join(wiki.sessionDir, '__lock__/write_lock'), { recursive: true });
    const found = await byId(new MoinStore(wiki.data));
    expect([...found.keys()].sort()).toEqual([good, idOf('link'), idOf('broken'), idOf('pipe')].sort());
    expect(reasonOf(found.get(idOf('link')))).toMatch(/symbolic link/);
    expect(reasonOf(found.get(idOf('broken')))).toMatch(/symbolic link/);
    expect(reasonOf(found.get(idOf('pipe')))).toMatch(/pipe, socket or device/);
    expect(found.get(idOf('pipe'))?.bytes).toBe(0);
  });

  it.each([
    ['empty', Buffer.alloc(0), /it is empty/],
    ['a call', Buffer.from('\x80\x02cos\nsystem\nq\x01U\x02idq\x02\x85q\x03R.', 'latin1'), /GLOBAL/],
    ['cut', writePickle(new PyTuple([1n, 2n])).subarray(0, -1), /cut off/],
    ['no dict', writePickle(null), /it is no dict/],
    ['a number', writePickle(12n), /it is no dict/],
    ['a tuple', writePickle(new PyTuple([new PyTuple(['a', 1n])])), /it is no dict/],
    ['a list of no pairs', writePickle(['ab', 'c']), /it is no dict/],
    ['a list of lists as keys', writePickle([[['a'], 1n]]), /keys/],
    ['noise', Buffer.from('no pickle at all, but quite some text'), /./],
    ['huge', Buffer.alloc(LARGEST_FILE + 1), /larger than 1 MB/],
  ])('%s', async (_, bytes, reason) => {
    const wiki = new NewWiki('1.9');
    const bad = wiki.session(HEX, bytes);
    const good = wiki.session(HEX.replaceAll('0', '1'), { a: 1n });
    const store = new MoinStore(wiki.data);
    const found = await byId(store);
    expect(reasonOf(found.get(bad))).toMatch(reason);
    expect(found.get(bad)?.bytes).toBe(bytes.length);
    expect(found.get(good)?.record?.data).toEqual({ a: 1 });
    await expect(store.find(bad)).rejects.toThrow(UnreadableRecordError);
    await expect(store.find(bad)).rejects.toThrow(reason);
  });

  it.each([
    ['an expiry that is text', { expires: 'soon' }, /'expires' is no number/],
    ['an expiry that is nan', { expires: Number.NaN }, /'expires' is no number/],
    ['an expiry that is None', { expires: null }, /'expires' is no number/],
    ['a user id that is a number', { 'user.id': 7n }, /'user.id' is no text/],
    [
      'a user id of 900,000 digits',
      { 'user.id': '1'.repeat(900_000) },
      /^its 'user.id' has 900000 characters, more than the limit of 1000$/,
    ],
    [
      'an auth method of 1001 characters',
      { 'user.id': '1'.repeat(1000), 'user.auth_method': 'm'.repeat(1001) },
      /^its 'user.auth_method' has 1001 characters/,
    ],
    ['a user id that is no UTF-8', { 'user.id': new PyBytes(Buffer.from([0xff])) }, /'user.id' is no text/],
  ])('%s', async (_, content, reason) => {
    const wiki = new NewWiki('1.9');
    const id = wiki.session(HEX, content);
    expect(reasonOf((await byId(new MoinStore(wiki.data))).get(id))).toMatch(reason);
  });

  it('a user id and a method of 1000 characters are read', async () => {
    const wiki = new NewWiki('1.9');
    const long = '1'.repeat(1000);
    const id = wiki.session(HEX, { 'user.id': long, 'user.auth_method': long });
    expect((await new MoinStore(wiki.data).find(id))?.user).toEqual({ id: long, name: long, method: long });
  });

  it('an expiry beyond what a date can show is never, or long ago', async () => {
    const wiki = new NewWiki('1.9');
    const id = wiki.session(HEX, { expires: 10n ** 30n });
    const past = wiki.session(HEX.replaceAll('0', '1'), { expires: Number.NEGATIVE_INFINITY });
    const found = await byId(new MoinStore(wiki.data));
    expect(found.get(id)?.record).toMatchObject({ cookieExpires: 8.64e15, expires: 8.64e15 });
    expect(found.get(past)?.record).toMatchObject({ cookieExpires: -8.64e15, expires: -8.64e15 });
  });

  it('1.9 takes a list of pairs for a dict', async () => {
    const wiki = new NewWiki('1.9');
    const pairs = [new PyTuple([PyBytes.from('test'), 1n]), [PyBytes.from('expires'), 2_000_000_000n]];
    const id = wiki.session(HEX, writePickle(pairs));
    expect(await new MoinStore(wiki.data).find(id)).toMatchObject({ expires: 2e12, data: { test: 1 } });
  });

  it('keys that would poison a prototype are plain data', async () => {
    const wiki = new NewWiki('1.9');
    const content = Object.fromEntries([
      ['__proto__', 'x'],
      ['constructor', 1n],
    ]);
    const record = await new MoinStore(wiki.data).find(wiki.session(HEX, content));
    expect(Object.keys(record?.data ?? {})).toEqual(['__proto__', 'constructor']);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('files that nobody may read are unreadable, with the remedy', async (context) => {
    need(context, notRoot);
    const wiki = new NewWiki('1.9');
    const id = wiki.session(HEX, { a: 1n });
    chownSync(wiki.pathOf(HEX), STRANGER, STRANGER);
    execFileSync('chmod', ['-R', 'a+rX', dirname(wiki.data)]);
    chmodSync(wiki.pathOf(HEX), 0o600);
    const found = await as(APP, APP, () => byId(new MoinStore(wiki.data)));
    expect(reasonOf(found.get(id))).toMatch(/permission denied: run this as the user who owns the wiki/);
  });
});

describe('a folder that changes', () => {
  const nameOf = (n: number) => n.toString(16).padStart(40, '0');

  it('a file that vanishes during a scan is none, and the scan goes on', async () => {
    const wiki = new NewWiki('1.9');
    for (let n = 0; n < 300; n++) wiki.session(nameOf(n), { n: BigInt(n) });
    const seen: string[] = [];
    for await (const { id, record } of new MoinStore(wiki.data).scan()) {
      expect(record, id).not.toBeNull();
      seen.push(id);
      if (seen.length === 1) for (let n = 0; n < 300; n += 2) rmSync(wiki.pathOf(nameOf(n)), { force: true });
    }
    const remaining = Array.from({ length: 150 }, (_, n) => idOf(nameOf(2 * n + 1)));
    expect(seen).toEqual(expect.arrayContaining(remaining));
    expect(seen.length).toBeLessThan(300);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('new, changed and removed files are seen at once, by id, too', async () => {
    const wiki = new NewWiki('1.9');
    const store = new MoinStore(wiki.data);
    expect(await all(store.scan())).toEqual([]);
    const id = wiki.session(nameOf(1), { n: 1n });
    expect((await store.find(id))?.data).toEqual({ n: 1 });
    wiki.session(nameOf(1), { n: 2n });
    expect((await store.find(id))?.data).toEqual({ n: 2 });
    rmSync(wiki.pathOf(nameOf(1)));
    expect(await store.find(id)).toBeNull();
    expect(await store.reveal(id)).toBeNull();
    expect(await all(store.scan({ prefix: id }))).toEqual([]);
  });

  it('a file that comes within the tick of the clock in which the folder was listed is seen', async () => {
    const wiki = new NewWiki('1.9');
    const store = new MoinStore(wiki.data);
    for (let n = 0; n < 300; n++) {
      const id = wiki.session(nameOf(n), { n: BigInt(n) });
      expect((await store.find(id))?.data).toEqual({ n });
    }
  });

  it('a folder without sessions, and one that goes away, are empty', async () => {
    for (const layout of ['1.6', '1.9'] as const) {
      const wiki = new NewWiki(layout);
      const store = new MoinStore(wiki.data);
      await store.open();
      expect(await all(store.scan())).toEqual([]);
      expect(await all(store.expiryCandidates(Date.now()))).toEqual([]);
      expect(await all(store.findByUser('1795397431.64.10246'))).toEqual([]);
      rmSync(wiki.sessionDir, { recursive: true });
      expect(await all(store.scan())).toEqual([]);
      expect(await store.find(idOf('x'))).toBeNull();
    }
  });
});

describe('root on the wiki of another user', () => {
  it('does not follow a link of that user to the sessions, and says so', async (context) => {
    need(context, notRoot);
    const wiki = new NewWiki('1.9');
    const elsewhere = new NewWiki('1.9');
    elsewhere.session(HEX, { a: 1n });
    rmSync(wiki.sessionDir, { recursive: true });
    symlinkSync(elsewhere.sessionDir, wiki.sessionDir);
    lchownSync(wiki.sessionDir, STRANGER, STRANGER);
    const scan = all(new MoinStore(wiki.data).scan());
    await expect(scan).rejects.toThrow(StoreError);
    await expect(scan).rejects.toThrow(/symbolic link of the user 65533/);
  });

  it('does not follow a link that comes between two looks', async (context) => {
    need(context, notRoot);
    const wiki = new NewWiki('1.9');
    const elsewhere = new NewWiki('1.9');
    const id = elsewhere.session(HEX, { secret: 1n });
    const store = new MoinStore(wiki.data);
    expect(await store.find(id)).toBeNull();
    const cache = join(wiki.data, 'cache');
    renameSync(cache, join(wiki.data, 'moved'));
    symlinkSync(join(elsewhere.data, 'cache'), cache);
    lchownSync(cache, STRANGER, STRANGER);
    await expect(store.find(id)).rejects.toThrow(/symbolic link/);
    await expect(all(store.scan())).rejects.toThrow(/symbolic link/);
  });
});

describe('I6: ids and prefixes from outside', () => {
  it('are checked before anything is read', async () => {
    const store = new MoinStore(new NewWiki('1.9').data);
    for (const id of ['', '../x', HEX, 'A'.repeat(32)]) {
      await expect(store.find(id)).rejects.toThrow(TypeError);
      await expect(store.reveal(id)).rejects.toThrow(TypeError);
      await expect(store.tombstone(id)).rejects.toThrow(TypeError);
    }
    await expect(all(store.scan({ prefix: 'xyz' }))).rejects.toThrow(TypeError);
    expect(await store.tombstone('0'.repeat(32))).toBeNull();
  });
});
