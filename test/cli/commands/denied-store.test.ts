import { chmodSync, chownSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import type { FileLayout } from '../../../src/store/file/layout.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { cli, type Outcome, type World } from '../../aid/cli/fake-context.js';
import { listOf } from '../../aid/file-store.js';
import { need } from '../../aid/need.js';
import { APP, as, notRoot } from '../../aid/ownership.js';
import { NOW, sample } from '../../aid/records.js';
import { type RestoredStore, restoredStore } from '../../aid/restored-store.js';

/** alice has two sessions, one of them unused for long; bob has one, a visitor one that has expired, and another visitor an open one. */
const OPEN = sample('aaaa', { seen: NOW - 2 * HOUR });
const SHUT = sample('abab');
const BOB = sample('bbbb', { user: 'bob' });
const EXPIRED = sample('cccc', { user: null, cookieExpires: NOW - 2 * HOUR });
const PAST = sample('eeee', { cookieExpires: NOW - 2 * HOUR });
const VISITOR = sample('dddd', { user: null });
const ALL = [OPEN, SHUT, BOB, EXPIRED];

const REMEDY =
  /permission denied; (it|the first one) belongs to the user 0 and has the mode \d+; run this as the user who owns the store, or as root/;

const fileOf =
  (...records: SessionRecord[]) =>
  (layout: FileLayout) =>
    records.map(({ id }) => layout.record(id));

function runOn({ cwd, open }: RestoredStore, world: World, ...argv: string[]): Promise<Outcome> {
  return cli({ cwd, store: open(), ...world }, ...argv);
}

/** As the user of the server, who may not read what root has restored. */
const runAs = (place: RestoredStore, ...argv: string[]) => as(APP, APP, () => runOn(place, {}, ...argv));

/** With a user file and a configuration. */
function withUsers(place: RestoredStore): RestoredStore {
  const stored = ['alice', 'bob'].map((name) => ({
    id: `id-${name}`,
    name,
    password: '$scrypt$ln=17,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    disabled: false,
    created: NOW,
  }));
  writeFileSync(join(place.cwd, 'users.json'), JSON.stringify({ version: 1, users: stored }));
  const config = { store: 'sessions', users: 'users.json', secrets: 'x'.repeat(32) };
  writeFileSync(join(place.cwd, 'moin-sessions.config.json'), JSON.stringify(config));
  chownSync(join(place.cwd, 'users.json'), APP, APP);
  chmodSync(join(place.cwd, 'users.json'), 0o600);
  return place;
}

const endedOf = async ({ open }: RestoredStore, { id }: SessionRecord) =>
  (await open().find(id))?.ended ?? null;

describe('I4: a session that its user has by the list, and that may not be read, is not ended in silence', () => {
  it.for([[], ['-q']])(
    'expire --user %j: the others end, exit 4, and it is named with owner and remedy',
    async (flags, context) => {
      need(context, notRoot);
      const place = await restoredStore(ALL, fileOf(SHUT));
      const { code, err, out } = await runAs(place, 'expire', '--user', 'alice', '--yes', '--json', ...flags);
      expect(code, err).toBe(4);
      expect(err).toContain(`1 session (${SHUT.id}) of the store cannot be read`);
      expect(err).toMatch(REMEDY);
      // One line for owner and remedy, and one for the count.
      expect(err.trim().split('\n')).toHaveLength(2);
      expect(err).toContain('1 of 2 sessions failed');
      if (flags.length === 0) expect(JSON.parse(out)).toMatchObject({ matched: 2, expired: 1, failed: 1 });
      expect(await endedOf(place, OPEN)).not.toBeNull();
      expect(await endedOf(place, SHUT)).toBeNull();
    },
  );

  it.for([
    ['expire', '--user', 'alice', '--dry-run'],
    ['purge', '--user', 'alice', '--yes'],
    ['purge', '--user', 'alice', '--dry-run', '-q'],
    ['expire', '--user-id', 'id-alice', '--idle', '1h', '--yes'],
    ['export', '--user', 'alice'],
  ])('%j: exit 4, and its id', async (argv, context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, fileOf(SHUT));
    const { code, err } = await runAs(place, ...argv);
    expect(code, err).toBe(4);
    expect(err).toContain(SHUT.id);
    expect(err).toMatch(REMEDY);
  });

  it('exit 1 where it is the only one', async (context) => {
    need(context, notRoot);
    const place = await restoredStore([SHUT], fileOf(SHUT));
    const { code, err } = await runAs(place, 'expire', '--user', 'alice', '--yes', '-q');
    expect(code, err).toBe(1);
    expect(err).toContain(SHUT.id);
  });

  it('list shows it as unreadable, with one note', async (context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, fileOf(SHUT));
    const { code, err, out } = await runAs(place, 'list', '--user', 'alice', '--format', 'csv');
    expect(code, err).toBe(0);
    expect(out).toContain(`${SHUT.id},,unreadable`);
    expect(err.match(/permission denied/g)).toHaveLength(1);
  });
});

describe('I4: a filter that cannot be asked about a session', () => {
  it.for([
    ['expire', '--anonymous', '--yes'],
    ['purge', '--logged-in', '--yes'],
    ['expire', '--all', '--yes', '-q'],
    ['purge', '--all', '--dry-run'],
    ['expire', '--user', 'bob', '--yes', '-q'],
  ])('%j: exit 4, one line with the first ids', async (argv, context) => {
    need(context, notRoot);
    const place = await restoredStore([...ALL, VISITOR], fileOf(OPEN, SHUT));
    const { code, err } = await runAs(place, ...argv);
    expect(code, err).toBe(4);
    expect(err).toContain(`2 sessions (${OPEN.id}, ${SHUT.id}) of the store cannot be read`);
    expect(err).toMatch(REMEDY);
    expect(err.match(/permission denied/g)).toHaveLength(1);
  });

  it('a name that only such a session could know is no "no such user": exit 1', async (context) => {
    need(context, notRoot);
    const place = await restoredStore([SHUT, BOB], fileOf(SHUT));
    const { code, err } = await runAs(place, 'expire', '--user', 'alice', '--yes', '-q');
    expect(code, err).toBe(1);
    expect(err).toMatch(REMEDY);
  });

  it.for([[], ['--dry-run']])('none can be read: exit 1 (%j)', async (flags, context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, fileOf(...ALL));
    const { code, err } = await runAs(place, 'expire', '--anonymous', '-q', '--yes', ...flags);
    expect(code, err).toBe(1);
    expect(err).toMatch(REMEDY);
  });

  it.for([
    ['a folder of records', (layout: FileLayout) => dirname(layout.record(PAST.id)), 1],
    ['the folder of lists', (layout: FileLayout) => layout.users, 2],
  ] as const)(
    'I4: purge --expired beside %s that lets nobody look: the others go, exit 4, and it is named',
    async ([_what, pathOf, removed], context) => {
      need(context, notRoot);
      const place = await restoredStore([EXPIRED, PAST, BOB], (layout) => [pathOf(layout)]);
      const { code, out, err } = await runAs(place, 'purge', '--expired');
      expect(out).toContain(`Removed ${removed} session`);
      expect(err).toMatch(REMEDY);
      expect(err).toContain(pathOf(place.layout));
      expect(code).toBe(4);
    },
  );

  it('I5: purge --expired fails for one whose time is over by its file, and leaves the others alone', async (context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, fileOf(SHUT, EXPIRED));
    const { code, err } = await runAs(place, 'purge', '--expired', '-q');
    expect(code, err).toBe(1);
    expect(err).toContain(EXPIRED.id);
    expect(err).not.toContain(SHUT.id);
    expect(existsSync(place.layout.record(EXPIRED.id))).toBe(true);
    const later = await restoredStore(ALL, fileOf(SHUT));
    expect(await runAs(later, 'purge', '--expired', '-q')).toMatchObject({ code: 0, err: '' });
    expect(existsSync(later.layout.record(EXPIRED.id))).toBe(false);
  });
});

describe('folders and lists that may not be read', () => {
  const folderOf = ({ layout }: RestoredStore, { id }: SessionRecord) => dirname(layout.record(id));

  it.for([0o000, 0o444, 0o111])(
    'the folder of a session (mode %o): exit 4, and the path or id',
    async (mode, context) => {
      need(context, notRoot);
      const place = await restoredStore(ALL, () => []);
      chmodSync(folderOf(place, SHUT), mode);
      const { code, err } = await runAs(place, 'expire', '--idle', '1h', '--yes', '-q');
      expect(code, err).toBe(4);
      expect(err).toMatch(mode === 0o444 ? SHUT.id : folderOf(place, SHUT));
      expect(await endedOf(place, OPEN)).not.toBeNull();
      const list = await runAs(place, 'list', '--format', 'ids');
      expect(list.code, list.err).toBe(0);
      expect(list.out).toContain(BOB.id);
      expect(list.err).toMatch(/cannot be read/);
    },
  );

  it.for<[string, (layout: FileLayout) => string]>([
    ["the list of a user's sessions", (layout) => listOf(layout, 'id-alice')],
    ["the folder of users' lists", ({ users }) => users],
  ])(
    'I2, S9: %s: they are found among the records, and end; exit 4, and the list is named',
    async ([_, closed], context) => {
      need(context, notRoot);
      const place = await restoredStore(ALL, (layout) => [closed(layout)]);
      const { code, err } = await runAs(place, 'expire', '--user', 'alice', '--yes', '-q');
      expect(code, err).toBe(4);
      expect(err).toMatch(/^moin-sessions: \d lists? of users' sessions \(/);
      expect(err).toContain(listOf(place.layout, 'id-alice'));
      expect(err).toMatch(REMEDY);
      await as(APP, APP, async () => {
        for (const one of [OPEN, SHUT]) expect(await endedOf(place, one)).not.toBeNull();
      });
    },
  );

  it("a session that goes on is not saved where its user's list may not be read: it would be missing there (S9)", async (context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, (layout) => [listOf(layout, 'id-alice')]);
    await as(APP, APP, async () => {
      const save = place.open().update(OPEN.id, (current) => ({ ...current, seen: NOW }));
      await expect(save).rejects.toThrow(/permission denied/);
    });
  });

  it.for([
    ['list'],
    ['list', '--format', 'count'],
    ['list', '--user', 'alice'],
    ['stats'],
    ['inspect', SHUT.id],
    ['expire', '--all', '--yes'],
    ['expire', '--all', '--dry-run'],
    ['purge', '--expired'],
    ['purge', '--expired', '-q'],
    ['check'],
  ])(
    '%j on a store that lets nobody in: its folder and the remedy, exit 1, and nothing else',
    async (argv, context) => {
      need(context, notRoot);
      const place = await restoredStore(ALL, ({ root }) => [root]);
      const { code, err, out } = await runAs(place, ...argv, '--store', place.layout.root);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(`1 folder (${place.layout.root}) of the store cannot be read`);
      expect(err).toMatch(REMEDY);
      expect(err.trim().split('\n')).toHaveLength(1);
    },
  );

  it('config check names the folder of such a store, and no file in it', async (context) => {
    need(context, notRoot);
    const place = withUsers(await restoredStore(ALL, ({ root }) => [root]));
    const { code, err, out } = await runAs(place, 'config', 'check');
    expect(code, err).toBe(2);
    expect(out + err).toContain(`1 folder (${place.layout.root}) of the store cannot be read`);
    expect(out + err).not.toContain('0'.repeat(32));
  });
});

describe('an id that is named', () => {
  it('inspect and whoever reads it is told that it may not be read', async (context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, fileOf(SHUT));
    const { out } = await runAs(place, 'inspect', 'abab');
    expect(out.replace(/\s+/g, ' ')).toContain('permission denied: its file belongs to the user 0');
    const set = await runAs(place, 'set', 'abab', 'key', '1');
    expect(set.code).toBe(1);
    expect(set.err).toContain('may not be read: permission denied');
    expect(set.err).not.toContain("remove it with 'purge'");
  });

  it('purge removes it, as named (I4), asks before, and says that it was not read', async (context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, fileOf(SHUT));
    const unasked = await runAs(place, 'purge', SHUT.id);
    expect(unasked.code).toBe(2);
    expect(unasked.err).toContain('1 not to be read here');
    const { code, err, out } = await runAs(place, 'purge', SHUT.id, '--yes');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('Removed 1 session') });
    expect(err).toBe(
      'moin-sessions: 1 session could not be read for want of rights and went unread, as named: whose it was is not known\n',
    );
    expect(existsSync(place.layout.record(SHUT.id))).toBe(false);
  });

  it('in a folder that may not be listed is no "no such session": exit 1', async (context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, () => []);
    chmodSync(dirname(place.layout.record(SHUT.id)), 0);
    const { code, err } = await runAs(place, 'inspect', 'abab');
    expect(code, err).toBe(1);
    expect(err).toContain(dirname(place.layout.record(SHUT.id)));
  });
});

describe('users whose sessions may not be read', () => {
  it.for([
    ['disable', 'alice', '--yes'],
    ['delete', 'alice', '--yes'],
    ['disable', 'alice', 'bob', '--yes', '-q'],
    ['disable', 'alice', '--dry-run'],
  ])('users %j: no success, and the session', async (argv, context) => {
    need(context, notRoot);
    const place = withUsers(await restoredStore(ALL, fileOf(SHUT)));
    const { code, err } = await runAs(place, 'users', ...argv);
    expect([1, 4]).toContain(code);
    expect(err).toContain(SHUT.id);
    expect(err).toMatch(REMEDY);
  });

  it('disable says that it is done, whose sessions are left, and owner and remedy once', async (context) => {
    need(context, notRoot);
    const place = withUsers(await restoredStore(ALL, fileOf(SHUT)));
    const { err, out } = await runAs(place, 'users', 'disable', 'alice', '--yes');
    expect(out).toBe('Disabled alice, and ended 1 of 2 sessions.\n');
    expect(err).toMatch(
      /alice: the change is made, but not all .* \(1 session may not be read, as said below\): 'moin-sessions expire --user-id id-alice' tries/,
    );
    expect(err.match(/permission denied/g)).toHaveLength(1);
    for (const line of err.split('\n')) expect(line.length).toBeLessThan(400);
  });

  it('of others alone: done, and exit 4, for one of them may be theirs', async (context) => {
    need(context, notRoot);
    const place = withUsers(await restoredStore(ALL, fileOf(SHUT)));
    const { code, err, out } = await runAs(place, 'users', 'disable', 'bob', '--yes');
    expect(code, err).toBe(4);
    expect(out).toBe('Disabled bob, and ended 1 session.\n');
    expect(err).toContain(SHUT.id);
  });
});

it.for([['copy', '--to', 'file:/to', '--yes'], ['export']])(
  '%j: one line for all sessions that may not be read, with the first five',
  async (argv, context) => {
    need(context, notRoot);
    const records = Array.from({ length: 9 }, (_, at) => sample(`ab${at}`));
    const place = await restoredStore([...records, BOB], fileOf(...records));
    const { code, err } = await as(APP, APP, () =>
      runOn(place, { stores: { 'file:/to': new MemoryStore() } }, ...argv),
    );
    expect(code, err).toBe(4);
    expect(err.match(/permission denied/g)).toHaveLength(1);
    expect(err).toContain('9 sessions (ab0');
    expect(err).not.toContain('ab5000');
  },
);

it('check says what may not be read as findings alone', async (context) => {
  need(context, notRoot);
  const place = withUsers(await restoredStore(ALL, fileOf(SHUT)));
  const { code, err, out } = await runAs(place, 'check');
  expect(code, err).toBe(4);
  expect(out).toContain('store-file-denied');
  expect(err).not.toMatch(/permission denied/);
});

it('whoever may read all hears nothing of it', async () => {
  const place = await restoredStore(ALL, () => []);
  const { code, err } = await runOn(place, {}, 'expire', '--user', 'alice', '--yes');
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
