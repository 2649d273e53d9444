import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { dropSecrets, rotateSecret } from '../../../src/session/admin/rotate-secret.js';
import { endedRecord, tombstoneOf } from '../../../src/session/lifecycle/ended.js';
import { createSessions } from '../../../src/sessions.js';
import { FileStore } from '../../../src/store/file/store.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { Browser } from '../../aid/browser.js';
import { cli, type World } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { idsIn, NOW, sample, storeOf } from '../../aid/records.js';
import { TestUsers } from '../../aid/users.js';

const over = { cookieExpires: NOW - 9e6 };

/** A memory store at an address of its own. */
class OtherStore extends MemoryStore {
  override readonly location = 'other:' as 'memory:';
}

let store: MemoryStore;
let target: OtherStore;

beforeEach(async () => {
  store = await storeOf(
    sample('aaaa'),
    sample('bbbb', { user: 'bob' }),
    sample('cccc', { user: null }),
    sample('dddd', over),
  );
  target = new OtherStore();
});

function copy(argv: string[] = [], world: World = {}) {
  return cli({ store, stores: { 'other:': target }, ...world }, 'copy', '--to', 'other:', ...argv);
}

const ids = () => idsIn(target.scan());
const idOf = (digits: string) => sample(digits).id;

describe('spec 7: copy --to', () => {
  it('copies what a purge would leave, checks it, and says so', async () => {
    const { code, out, err } = await copy();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^Copied 3 sessions \(\d+ B\) to other:, 1 expired and left behind\.\nChecked: other: has 3 sessions of memory:\.\n$/,
    );
    expect(await ids()).toEqual(['aaaa', 'bbbb', 'cccc'].map(idOf));
  });

  it('reports the same as JSON, with stable names', async () => {
    await target.create(sample('bbbb', { user: 'bob', seen: NOW - HOUR }));
    await target.create(sample('cccc', { user: null }));
    const { out } = await copy(['--yes', '--json']);
    const report = JSON.parse(out);
    expect(Object.keys(report)).toEqual([
      'matched',
      'copied',
      'replaced',
      'skipped',
      'expired',
      'failed',
      'ended',
      'verified',
      'unverified',
      'bytes',
      'secret',
      'dryRun',
    ]);
    expect(report).toMatchObject({
      matched: 4,
      copied: 1,
      replaced: 1,
      skipped: 1,
      expired: 1,
      failed: 0,
      verified: 3,
      secret: null,
      dryRun: false,
    });
  });

  it('--format ids and count name what was copied', async () => {
    await target.create(sample('cccc', { user: null }));
    expect((await copy(['--format', 'ids', '-n'])).out).toBe(`${idOf('aaaa')}\n${idOf('bbbb')}\n`);
    expect((await copy(['--format', 'count', '-y'])).out).toBe('2\n');
  });

  it('says what it skips, replaces, and ends in the target', async () => {
    await target.create(sample('bbbb', { user: 'bob', seen: NOW - HOUR }));
    await target.create(sample('cccc', { user: null }));
    await target.create(sample('eeee'));
    await store.delete(idOf('eeee'), { tombstone: tombstoneOf('logout', NOW) });
    expect((await copy(['-n'])).out).toMatch(
      /^Would copy 2 sessions .*\nWould end 1 session there that ended in memory:\.\n$/,
    );
    expect((await copy(['-y'])).out).toMatch(
      /^Copied 2 sessions \(\d+ B\) to other:, 1 in place of other records, 1 skipped: there already, or ended there, 1 expired and left behind\.\nEnded 1 session there that ended in memory:\.\nChecked: other: has 3 sessions of memory:\.\n$/,
    );
  });

  it('a store without sessions: says that there is nothing to do', async () => {
    const { code, out } = await copy([], { store: new MemoryStore() });
    expect({ code, out }).toEqual({ code: 0, out: 'Nothing to do: no session matches.\n' });
  });

  it.each<[string[], string[]]>([
    [['--user', 'alice'], ['aaaa']],
    [['--anonymous'], ['cccc']],
    [['--logged-in'], ['aaaa', 'bbbb']],
    [['--expired'], ['dddd']],
  ])('takes the filters of list: %j', async (filters, expected) => {
    expect((await copy(filters)).code).toBe(0);
    expect(await ids()).toEqual(expected.map(idOf));
  });

  it('an unknown user among others: exit 4; alone: exit 3', async () => {
    expect(await copy(['--user', 'bob', '--user', 'zoe'])).toMatchObject({
      code: 4,
      err: expect.stringContaining("there is no session of a user 'zoe'"),
    });
    expect(await ids()).toEqual([idOf('bbbb')]);
    expect((await copy(['--user', 'zoe', '-y'])).code).toBe(3);
  });

  it('I4: an unreadable record is named on stderr, the others are copied: exit 4', async () => {
    store.putBytes(idOf('ffff'), '{"half');
    const { code, out, err } = await copy(['--json']);
    expect(code).toBe(4);
    expect(JSON.parse(out)).toMatchObject({ matched: 5, copied: 3, failed: 1, verified: 3 });
    expect(err).toMatch(
      /session ffff0+ is unreadable: .*\nmoin-sessions: 1 of 5 sessions failed, as said above\n$/,
    );
  });

  it('the one session is copied and then lost: that is partial, and none of the copied ones failed', async () => {
    store = await storeOf(sample('aaaa'));
    const create = target.create.bind(target);
    target.create = async (record) => {
      const outcome = await create(record);
      await target.delete(record.id);
      return outcome;
    };
    const { code, out, err } = await copy();
    expect(code).toBe(4);
    expect(out).toMatch(/^Copied 1 session .*\nChecked: other: has 0 sessions of memory:, 1 failed\.\n$/);
    expect(err).toMatch(
      /^moin-sessions: session aaaa.* does not have it: .*\nmoin-sessions: 1 session failed the comparison at the end, as said above\n$/,
    );
  });

  it('--on-conflict decides whose record stays', async () => {
    await target.create(sample('aaaa', { seen: NOW + HOUR, data: { at: 'target' } }));
    const data = async () => (await target.find(idOf('aaaa')))?.data;
    await copy(['-y']);
    expect(await data()).toEqual({ at: 'target' });
    await copy(['-y', '--on-conflict', 'replace']);
    expect(await data()).toEqual({});
    expect((await copy(['-y', '--on-conflict', 'perhaps'])).code).toBe(2);
  });

  it('brings ended sessions with who ended them, and --quiet says nothing', async () => {
    await store.update(idOf('aaaa'), (record) =>
      endedRecord(record, NOW, { by: 'administrator', reason: 'stolen' }),
    );
    expect(await copy(['-q'])).toMatchObject({ code: 0, out: '', err: '' });
    expect((await target.find(idOf('aaaa')))?.ended).toEqual({
      at: NOW,
      by: 'administrator',
      reason: 'stolen',
    });
  });
});

describe('I2: copy --mirror, the last copy of a move', () => {
  beforeEach(() => target.create(sample('eeee')));

  it('ends what is not open in the store, and says so', async () => {
    expect((await copy(['-n', '--mirror'])).out).toContain(
      '\nWould end 1 session there, not open in memory:.\n',
    );
    expect(await ids()).toEqual([idOf('eeee')]);
    const { code, out, err } = await copy(['-y', '--mirror']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('\nEnded 1 session there, not open in memory:.\n');
    expect(await ids()).toEqual(['aaaa', 'bbbb', 'cccc'].map(idOf));
  });

  it('ends nothing for a store without sessions, such as a folder on which nothing is mounted', async () => {
    const { code, err } = await copy(['-y', '--mirror'], { store: new MemoryStore() });
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/memory: holds no session, so --mirror would end every session .*mounted/),
    });
    expect(await ids()).toEqual([idOf('eeee')]);
  });

  it('asks with these words', async () => {
    const { asked } = await copy(['--mirror'], { tty: true, answers: [false] });
    expect(asked).toEqual([
      'other: holds sessions. Copy more into it, and end those that are not open in memory:?',
    ]);
    expect(await ids()).toEqual([idOf('eeee')]);
  });

  it.each([['--user', 'bob'], ['--anonymous'], ['--active'], ['--has-key', 'cart']])(
    'is for all sessions: %s is refused before anything is opened',
    async (...filter) => {
      const { code, err, opened } = await copy(['-y', '--mirror', ...filter]);
      expect({ code, err, opened }).toEqual({
        code: 2,
        err: `moin-sessions: --mirror and ${filter[0]} exclude each other: give one of them\n`,
        opened: [],
      });
      expect(await ids()).toEqual([idOf('eeee')]);
    },
  );
});

describe('spec 7: copy asks before it adds to sessions that are there', () => {
  beforeEach(() => target.create(sample('eeee')));

  it('on a terminal; a no changes nothing', async () => {
    const { code, asked, err } = await copy([], { tty: true, answers: [false] });
    expect({ code, asked }).toEqual({ code: 1, asked: ['other: holds sessions. Copy more into it?'] });
    expect(err).toBe('moin-sessions: nothing was done, since you did not say yes\n');
    expect(await ids()).toEqual([idOf('eeee')]);
    expect((await copy([], { tty: true, answers: [true] })).code).toBe(0);
    expect(await ids()).toHaveLength(4);
  });

  it('elsewhere it needs --yes', async () => {
    expect(await copy()).toMatchObject({
      code: 2,
      err: 'moin-sessions: other: holds sessions: add --yes to copy more, or look first with --dry-run\n',
    });
    expect((await copy(['--dry-run'])).code).toBe(0);
    expect(await ids()).toEqual([idOf('eeee')]);
    expect((await copy(['--yes'])).code).toBe(0);
  });
});

describe('spec 7: what copy refuses before it opens or writes anything', () => {
  it.each([
    [[], /required option '--to <where>'/],
    [['--to', 'memory:'], /a memory store ends with this command/],
    [['--to', 'redis://:hunter2@192.0.2.1'], /can see the password in --to: .*MOIN_SESSIONS_REDIS_PASSWORD/],
    [['--to', 'other:', '--at', '+2h'], /--at is for looking only/],
    [['--to', 'other:', '--fields', 'kept'], /no field 'kept'/],
    [['--to', 'other:', '--active', '--expired'], /exclude each other/],
    [['--to', 'other:', '--to', 'another:'], /--to is given twice/],
  ])('%j: exit 2', async (argv, message) => {
    const { code, err, opened } = await cli({ store }, 'copy', ...argv);
    expect({ code, opened }).toEqual({ code: 2, opened: [] });
    expect(err).toMatch(message);
  });

  it('the same store as source and target: exit 2, also through a link', async () => {
    expect((await cli({ store }, 'copy', '--to', 'memory-too')).err).toContain('is the store to copy from');
    const folder = temporaryFolder();
    const file = new FileStore(join(folder, 'one'));
    await file.create(sample('aaaa'));
    symlinkSync(join(folder, 'one'), join(folder, 'two'));
    const stores = { two: new FileStore(join(folder, 'two')) };
    const { code, err } = await cli({ store: file, stores }, 'copy', '--to', 'two', '-y');
    expect({ code, err }).toEqual({
      code: 2,
      err: `moin-sessions: file:${join(folder, 'two')} is the store to copy from: name another one with --to\n`,
    });
  });

  it('opens the source for reading only, and with --dry-run the target, too', async () => {
    const modes = async (...argv: string[]) => (await copy(argv)).opened.map(({ readOnly }) => readOnly);
    expect(await modes('-n')).toEqual([true, true]);
    expect(await modes()).toEqual([true, false]);
  });
});

describe("spec 6: the site's option durability", () => {
  it.each([
    ['file:new', 'fsync'],
    ['./new:files', 'fsync'],
    ['redis://localhost', undefined],
    ['rediss+cluster://localhost', undefined],
  ])('--to %s is opened with durability %s', async (where, durability) => {
    const config = join(temporaryFolder(), 'config.json');
    writeFileSync(config, '{ "durability": "fsync" }');
    const stores = { [where]: target };
    const { opened } = await cli({ store, stores }, 'copy', '--config', config, '--to', where);
    expect(opened.map((how) => how.durability)).toEqual(['fsync', durability]);
  });
});

describe('spec 4: the secret comes along', () => {
  function fileStore(): FileStore {
    const file = new FileStore(join(temporaryFolder(), 'sessions'));
    onTestFinished(() => file.close());
    return file;
  }

  /** Copies from one file store to the other. */
  function move(from: FileStore, to: FileStore, ...argv: string[]) {
    return cli({ store: from, stores: { 'other:': to }, clock: Date.now }, 'copy', '--to', 'other:', ...argv);
  }

  it('S3: a browser with its cookie is still logged in afterwards, with its data', async () => {
    const [from, to] = [fileStore(), fileStore()];
    const users = new TestUsers();
    const site = (at: FileStore) =>
      createSessions({ store: at, users, auth: ['moin_login', 'moin_session'] });
    const browser = new Browser(site(from));
    await browser.logIn('alice');
    await browser.visit({}, (session) => session.set('cart', ['moin-3']));
    const { code, out, err } = await move(from, to);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Brought the secret along: cookies open their sessions there, too.\n');
    const secret = (await from.secret({ create: false })) as Buffer;
    for (const encoding of ['base64url', 'base64', 'hex'] as const)
      expect(out + err).not.toContain(secret.toString(encoding));
    const moved = new Browser(site(to), browser.jar);
    const visit = await moved.begin();
    expect([visit.user?.name, visit.session.get('cart')]).toEqual(['alice', ['moin-3']]);
  });

  it('a target with another secret, and sessions that need it: exit 2, before anybody is asked or anything is written', async () => {
    const [from, to] = [fileStore(), fileStore()];
    const now = Date.now();
    await from.create(sample('aaaa', { seen: now, cookieExpires: now + HOUR }));
    await to.create(sample('bbbb'));
    for (const keeper of [from, to]) await keeper.secret({ create: true });
    for (const flags of [['-y'], ['-n']]) {
      const { code, err } = await move(from, to, ...flags);
      expect(code).toBe(2);
      expect(err).toMatch(
        /has another secret, and sessions that need it, .*: list .* 'secrets', and add --no-secret\n$/,
      );
    }
    expect(await idsIn(to.scan())).toEqual([idOf('bbbb')]);
    expect(await move(from, to, '-y', '--no-secret')).toMatchObject({ code: 0 });
    expect(await idsIn(to.scan())).toHaveLength(2);
  });

  it('a dry run tells it, and writes none', async () => {
    const [from, to] = [fileStore(), fileStore()];
    await from.secret({ create: true });
    expect(JSON.parse((await move(from, to, '-n', '--json')).out).secret).toBe('adopted');
    expect(await to.secret({ create: false })).toBeNull();
    expect(JSON.parse((await move(from, to, '--json')).out).secret).toBe('adopted');
    expect(JSON.parse((await move(from, to, '--json')).out).secret).toBe('kept');
  });

  it('taken in the middle of a rotation: the target knows which secret is new, and drops none; rotate finishes it there', async () => {
    const [from, to] = [fileStore(), fileStore()];
    const old = (await from.secret({ create: true })) as Buffer;
    const killed = { isDry: false, wait: () => Promise.reject(new Error('killed')) };
    await expect(rotateSecret(from, killed)).rejects.toThrow('killed');
    const [, fresh] = await from.secrets();
    const { code, err } = await move(from, to);
    expect(code).toBe(0);
    expect(err).toMatch(/does not sign with it yet: 'moin-sessions secret rotate' there has it sign\n$/);
    expect(await to.secrets()).toEqual([old, fresh, old]);
    await expect(dropSecrets(to, { isDry: false })).rejects.toThrow(/under way, or was interrupted/);
    await rotateSecret(to, { isDry: false, wait: async () => {} });
    expect(await to.secrets()).toEqual([fresh, old]);
    expect(await move(from, to)).toMatchObject({ code: 0, err: '' });
    expect(await to.secrets()).toEqual([fresh, old]);
  });

  it('a rotation between two copies: the old secret signs on in the target, and is not what a drop keeps', async () => {
    const [from, to] = [fileStore(), fileStore()];
    const old = (await from.secret({ create: true })) as Buffer;
    await move(from, to);
    const rotate = (store: FileStore) => rotateSecret(store, { isDry: false, wait: async () => {} });
    await rotate(from);
    await rotate(from);
    const [newest, newer] = await from.secrets();
    expect((await move(from, to)).err).toContain('does not sign with it yet');
    expect(await to.secrets()).toEqual([old, newer, newest, old]);
    await rotate(from);
    const [latest] = await from.secrets();
    expect((await move(from, to)).err).toContain('does not sign with it yet');
    expect(await to.secrets()).toEqual([old, newer, newest, latest, old]);
    await rotate(to);
    await dropSecrets(to, { isDry: false });
    expect(await to.secrets()).toEqual([latest]);
  });

  it('secrets that find no room with the mark of a rotation: exit 2, and nothing changes', async () => {
    const [from, to] = [fileStore(), fileStore()];
    const old = (await from.secret({ create: true })) as Buffer;
    await move(from, to);
    const others = Array.from({ length: 7 }, (_, n) => Buffer.alloc(32, n + 1));
    await from.replaceSecrets([old], [...others, old]);
    const { code, err } = await move(from, to);
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('end rotations with') });
    expect(await to.secrets()).toEqual([old]);
    await from.replaceSecrets([...others, old], [...others.slice(1), old]);
    expect((await move(from, to)).code).toBe(0);
    expect(await to.secrets()).toHaveLength(8);
  });

  it('a target that takes no secret: exit 2; a site with the option secrets needs none', async () => {
    const from = fileStore();
    await from.secret({ create: true });
    const world = { store: from, stores: { 'other:': target } };
    expect((await cli(world, 'copy', '--to', 'other:')).err).toContain('other: takes no secret');
    const config = join(temporaryFolder(), 'config.json');
    writeFileSync(config, JSON.stringify({ secrets: 'x'.repeat(32) }));
    const { code, out } = await cli(world, 'copy', '--config', config, '--to', 'other:', '--json');
    expect({ code, secret: JSON.parse(out).secret }).toEqual({ code: 0, secret: null });
  });
});

describe('spec 7: progress of a copy', () => {
  it('shows how much of the source is read, of how much, and then how much is checked', async () => {
    let now = NOW;
    const { err } = await copy([], { tty: true, clock: () => (now += 1000) });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what clears a line
    const bars = err.split(/\r\x1b\[K/).filter((text) => text !== '');
    expect(bars).toContain('Counting: 4 sessions');
    expect(bars.find((bar) => bar.startsWith('Copied'))).toMatch(/^Copied: \[=+ +\] 25% of 4 sessions$/);
    expect(bars.at(-1)).toBe('Checked: 3 sessions');
  });
});
