import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { idOfName } from '../../../src/moin/files/names.js';
import type { Layout } from '../../../src/moin/layout.js';
import type { SessionDetail } from '../../../src/session/admin/info.js';
import { FileStore } from '../../../src/store/file/store.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { cli, type Outcome } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { type ExpectedSession, type SampleWiki, unpackWiki } from '../../aid/moin/wikis.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** A file store in the folder of the test. */
const TARGET = 'file:target';

let cwd: string;
let wiki: SampleWiki;
beforeEach(() => {
  cwd = temporaryFolder();
});

function on(layout: Layout): void {
  wiki = unpackWiki(layout);
}

function run(...argv: string[]): Promise<Outcome> {
  const stores = { [TARGET]: new FileStore(join(cwd, 'target')) };
  const world = { cwd, clock: () => wiki.now, columns: 80, stores };
  return cli(world, ...argv, ...(argv.includes('--store') ? [] : ['--store', `moin:${wiki.data}`]));
}

async function json<T = SessionDetail[]>(...argv: string[]): Promise<T> {
  const { out, err } = await run(...argv, '--json');
  expect(out, err).not.toBe('');
  return JSON.parse(out) as T;
}

function sessionWhere(is: (session: ExpectedSession) => boolean): { id: string; session: ExpectedSession } {
  const session = wiki.expected.sessions.find(is);
  if (session === undefined) throw new Error('the sample has no such session');
  return { id: idOfName(session.file), session };
}

const isEndless = ({ decoded }: ExpectedSession) => decoded.expires === undefined;

describe('sessions without an expiry (spec 8)', () => {
  it('1.9: are expired and never lose their cookie: a table says so, JSON has null, csv nothing', async () => {
    on('1.9');
    const { id } = sessionWhere(isEndless);
    const fields = ['--fields', 'id,state,cookieExpires,expires'];
    const { out } = await run('list', ...fields);
    expect(out).toMatch(new RegExp(`^${id.slice(0, 12)}  expired  never +at a purge$`, 'm'));
    const sessions = await json('list', ...fields);
    expect(sessions.find((one) => one.id === id)).toMatchObject({
      state: 'expired',
      cookieExpires: null,
      expires: null,
    });
    expect((await run('list', ...fields, '--format', 'csv')).out).toContain(`${id},expired,,\r\n`);
  });

  it('1.9: the question before expire counts them, for their cookies are good', async () => {
    on('1.9');
    const { session } = sessionWhere((one) => isEndless(one) && one.user_name !== null);
    const user = ['--user', session.user_name ?? ''];
    const { expired } = await json<{ expired: number }>('expire', ...user, '--dry-run');
    const { code, err } = await run('expire', ...user);
    expect(code).toBe(2);
    expect(err).toContain(`this would end ${expired} sessions (`);
  });

  it('1.6: are active for ever', async () => {
    on('1.6');
    const { id } = sessionWhere(isEndless);
    const { out } = await run('inspect', id);
    expect(out).toMatch(/^state +active$/m);
    expect(out).toContain('neither the clean-up of MoinMoin 1.6 nor purge --expired ever removes it');
    expect(out).toMatch(/^cookieExpires +never\nexpires +never$/m);
  });

  it.each(['1.9', '1.6'] as const)(
    '%s: sort behind all that have one, and in front with --reverse',
    async (layout) => {
      on(layout);
      const order = async (...flags: string[]) =>
        (await json('list', '--sort', 'cookieExpires', ...flags)).map(
          ({ cookieExpires }) => cookieExpires === null,
        );
      const count = wiki.expected.sessions.length;
      const endless = (await order()).filter(Boolean).length;
      const expected = Array.from({ length: count }, (_, place) => place >= count - endless);
      expect(endless).toBeGreaterThanOrEqual(wiki.expected.sessions.filter(isEndless).length);
      expect(endless).toBeGreaterThan(0);
      expect(await order()).toEqual(expected);
      expect(await order('--reverse')).toEqual(expected.reverse());
    },
  );

  it('1.6: inspect says that a login which was written expired may be open still', async () => {
    on('1.6');
    const { id } = sessionWhere(
      ({ kind, decoded, mtime }) => kind === 'user' && Number(decoded.expires ?? mtime) < mtime,
    );
    const { out } = await run('inspect', id);
    expect(out).toContain('before it was written: its cookie may open it all the same');
    expect(out).toMatch(/^cookieExpires +not known$/m);
  });

  it('1.9: inspect says that the cookie opens it still', async () => {
    on('1.9');
    const { out } = await run('inspect', sessionWhere(isEndless).id);
    expect(out).toContain(
      "it has no expiry: its cookie still opens it, until MoinMoin's clean-up or a purge removes it",
    );
  });
});

describe('inspect', () => {
  it.each(['1.9', '1.6'] as const)(
    '%s: --reveal shows the file, and says that its name is secret',
    async (layout) => {
      on(layout);
      const { id, session } = sessionWhere(
        ({ decoded, file }) => !('setuid' in decoded) && file.length >= 16,
      );
      expect((await run('inspect', id)).out).not.toContain(session.file);
      const { out } = await run('inspect', id, '--reveal');
      expect(out).toContain(join(wiki.sessionDir, session.file));
      expect(out).toContain('its name is secret: whoever knows it has the session');
      expect(await json('inspect', id, '--reveal')).toMatchObject([
        { file: join(wiki.sessionDir, session.file) },
      ]);
      expect(Object.keys((await json('inspect', id))[0] ?? {})).not.toContain('file');
    },
  );

  it('--reveal is an error on a store whose files name no secret', async () => {
    const { code, err } = await cli({ cwd, store: new MemoryStore() }, 'inspect', 'aaaa', '--reveal');
    expect(code).toBe(2);
    expect(err).toContain('--reveal is for MoinMoin wikis');
  });

  describe.each(['1.9', '1.6'] as const)('%s: a superuser who has changed user', (layout) => {
    let acting: { id: string; session: ExpectedSession };
    beforeEach(() => {
      on(layout);
      acting = sessionWhere(({ setuid_user_name }) => setuid_user_name !== null);
    });

    it('acts as that user', async () => {
      const { id, session } = acting;
      const { out } = await run('inspect', id, '--wiki-config', 'superuser=AdminUser');
      expect(out).toMatch(new RegExp(`^acts as +${session.setuid_user_name}$`, 'm'));
      const { err } = await run('inspect', id, '--json', '--wiki-config', 'superuser=AdminUser');
      expect(err).toBe(`moin-sessions: session ${id} acts as ${session.setuid_user_name}\n`);
    });

    it('whoami says so, and programs get the name of both', async () => {
      const { session } = acting;
      const name = layout === '1.6' ? 'MOIN_SESSION' : 'MOIN_SESSION_8095_ROOT';
      const signed = wiki.expected.cookies?.find(({ session_key }) => session_key === session.file);
      const cookie = `${name}=${signed?.cookie_value ?? session.file}`;
      const auth = layout === '1.6' ? 'moin_login,moin_session' : 'moin';
      const settings = ['superuser=AdminUser', `auth=${auth}`].flatMap((one) => ['--wiki-config', one]);
      const flags = [...settings, '--cookie', cookie];
      const { out } = await run('whoami', ...flags);
      expect(out).toContain(
        `${session.setuid_user_name} is logged in: AdminUser acts as ${session.setuid_user_name}, `,
      );
      expect(await json('whoami', ...flags)).toMatchObject({
        user: session.setuid_user_name,
        realUser: 'AdminUser',
        text: `${session.setuid_user_name} is logged in: AdminUser acts as ${session.setuid_user_name}`,
      });
    });

    it('is told apart when no superuser any more', async () => {
      const { out } = await run('inspect', acting.id, '--wiki-config', 'superuser=Somebody');
      expect(out).toContain(
        layout === '1.9'
          ? 'nobody else: AdminUser is no superuser, so MoinMoin drops the change to'
          : 'though AdminUser is no superuser any more: MoinMoin 1.6 never asks again',
      );
    });

    it('is told apart when the other user is disabled', async () => {
      const { id, session } = acting;
      const user = wiki.expected.users.find(({ name }) => name === session.setuid_user_name);
      const file = join(wiki.data, 'user', user?.id ?? '');
      writeFileSync(file, `name=${user?.name}\ndisabled=1\n`);
      const { out } = await run('inspect', id, '--wiki-config', 'superuser=AdminUser');
      expect(out).toContain(
        layout === '1.9'
          ? `${user?.name}, who is disabled`
          : `nobody: ${user?.name} is disabled, and MoinMoin 1.6`,
      );
    });
  });
});

describe('what does not fit a wiki', () => {
  it.each([
    [['set', 'aaaa', 'key', '1'], "values in the sessions of a MoinMoin wiki are the wiki's own"],
    [['unset', 'aaaa', 'key'], "values in the sessions of a MoinMoin wiki are the wiki's own"],
    [['import', 'no-such-file'], 'takes none from elsewhere: name a store of yours'],
    [['users', 'disable', 'JaneDoe'], 'the users of a MoinMoin wiki are kept and changed in the wiki itself'],
    [['users', 'add', 'Bob'], 'the users of a MoinMoin wiki are kept and changed in the wiki itself'],
    [['users', 'list'], 'the users of a MoinMoin wiki are kept and changed in the wiki itself'],
    [['secret', 'rotate'], 'a MoinMoin wiki has no secret to rotate'],
    [['copy', '--to', 'moin:elsewhere'], 'takes none from elsewhere: name a store of yours with --to'],
  ])('%j is refused at once with exit 2, in one line', async (argv, message) => {
    on('1.9');
    const { code, err } = await run(...argv);
    expect(err).toContain(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });

  it('is refused also where the configuration names the wiki', async () => {
    on('1.9');
    writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify({ store: `moin:${wiki.data}` }));
    const before = readdirSync(wiki.sessionDir);
    for (const argv of [
      ['set', 'aaaa', 'k', '1'],
      ['secret', 'rotate'],
    ])
      expect((await cli({ cwd }, ...argv)).code).toBe(2);
    expect(readdirSync(wiki.sessionDir)).toEqual(before);
  });

  it('is refused before stdin and files are read, also where the configuration names the wiki', async () => {
    on('1.9');
    writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify({ store: `moin:${wiki.data}` }));
    const world = { cwd, stdin: 'no JSON' };
    expect((await cli(world, 'set', 'aaaa', 'k', '-')).err).toContain("are the wiki's own");
    expect((await cli(world, 'import', 'no-such-file')).err).toContain('takes none from elsewhere');
    const added = await cli(world, 'users', 'add', 'Bob', '--password-stdin');
    expect(added.err).toContain('kept and changed in the wiki itself');
  });

  it.each([
    ['list'],
    ['add', 'Bob', '--password-stdin'],
    ['disable', 'Bob', '--keep-sessions'],
    ['import-moin', '.'],
  ])('users %s: a wiki that --store names is refused, not passed over', async (...argv) => {
    on('1.9');
    writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify({ users: 'users.json' }));
    const where = argv.includes('import-moin') ? ['import-moin', wiki.data] : argv;
    const { code, err } = await run('users', ...where);
    expect(err).toContain('kept and changed in the wiki itself');
    expect(code).toBe(2);
  });

  it('check names the cron job alone: no server of ours purges a wiki', async () => {
    on('1.9');
    const { out } = await cli(
      { cwd, clock: () => wiki.now + 1e11 },
      'check',
      '--json',
      '--store',
      `moin:${wiki.data}`,
    );
    expect(out).toContain('expired-not-purged');
    expect(out).not.toContain('startPurging');
  });
});

describe('on a terminal', () => {
  it.each(['1.9', '1.6'] as const)(
    '%s: tables of 80 columns show user, state and cookie of every session',
    async (layout) => {
      on(layout);
      const world = { cwd, clock: () => wiki.now, columns: 80, tty: true, env: { NO_COLOR: '1' } };
      const { out } = await cli(world, 'list', '--store', `moin:${wiki.data}`);
      const lines = out.trimEnd().split('\n');
      expect(lines[0]).toMatch(/^ID +USER NAME +STATE +SEEN +COOKIE EXPIRES/);
      expect(lines.filter((line) => /^[0-9a-f]{12} /.test(line))).toHaveLength(wiki.expected.sessions.length);
      expect(out.includes('expired: a session without an expiry still opens by its cookie')).toBe(
        layout === '1.9',
      );
      expect(out).not.toContain('its auth method left the chain');
    },
  );

  it('list --watch looks at a wiki, and sees a session of it end', async () => {
    on('1.9');
    const leaving = new AbortController();
    const { id } = sessionWhere(({ user_name, decoded }) => user_name === 'JaneDoe' && 'expires' in decoded);
    const changes = [async () => void (await run('purge', id, '--yes')), async () => leaving.abort()];
    const wait = async () => {
      await changes.shift()?.();
      return 'over' as const;
    };
    const world = { cwd, clock: () => wiki.now, wait, signal: leaving.signal };
    const { out } = await cli(
      world,
      ...['list', '--watch', '--format', 'ndjson', '--store', `moin:${wiki.data}`],
    );
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.filter(({ event }) => event === 'gone')).toMatchObject([{ session: { id } }]);
  });
});

it.each([
  ['1.9', '1m'],
  ['1.6', '1h'],
] as const)('%s: seen is true to within %s, as that MoinMoin writes it', async (layout, within) => {
  on(layout);
  expect((await run('list', '--idle', '1s', '--format', 'count')).err).toContain(`is shorter than ${within}`);
});

it('config check: a configuration that names a wiki is for the command line alone; one that a flag names is none of its faults', async () => {
  on('1.9');
  writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify({ store: `moin:${wiki.data}` }));
  const { code, err } = await cli({ cwd }, 'config', 'check');
  expect(code).toBe(0);
  expect(err).toContain('for the command line alone: a server refuses it');
  writeFileSync(join(cwd, 'moin-sessions.config.json'), '{}');
  const named = await run('config', 'check');
  expect(named.code, named.out).toBe(0);
});

describe('expire', () => {
  it('--reason: one note that a wiki keeps none', async () => {
    on('1.9');
    const { err, code } = await run('expire', '--user', 'JaneDoe', '--yes', '--reason', 'ticket 4711');
    expect(code).toBe(0);
    expect(err).toBe(
      "moin-sessions: a MoinMoin wiki keeps no reason: the option 'audit' of a configuration keeps it\n",
    );
  });

  it('1.6: says how many visitors lost their file, because that MoinMoin resumes them', async () => {
    on('1.6');
    const counted = (await run('list', '--anonymous', '--active', '--format', 'count')).out.trim();
    const dry = await run('expire', '--anonymous', '--active', '-n');
    expect(dry.err).toContain(`of ${counted} visitors the file would be removed at once`);
    const { err, code } = await run('expire', '--anonymous', '--active', '--yes');
    expect(code).toBe(0);
    expect(err).toContain(`of ${counted} visitors the file was removed at once`);
    expect((await run('list', '--anonymous', '--active', '--format', 'count')).out.trim()).toBe('0');
    expect((await run('expire', '--user', 'JaneDoe', '--yes')).err).toBe('');
  });
});

describe('copy and export', () => {
  it.each(['1.9', '1.6'] as const)(
    '%s: sessions get 400 days at most, and one note says so',
    async (layout) => {
      on(layout);
      const { out, err, code } = await run('copy', '--to', TARGET);
      expect(code, err).toBe(0);
      expect(out).toMatch(/^Copied \d+ sessions/);
      expect(err).toMatch(
        /\d+ sessions of the wiki last for ever, or longer .* there are 400 days left for them\n/,
      );
      expect(err).toContain('cookies of a MoinMoin wiki open no session of another store');
      const [ours, theirs] = [await json('list', '--store', TARGET), await json('list')];
      const active = theirs.filter(({ state }) => state !== 'expired');
      expect(ours.map(({ id }) => id).sort()).toEqual(active.map(({ id }) => id).sort());
      for (const { cookieExpires, expires } of ours) {
        const left = new Date(cookieExpires ?? 0).getTime();
        expect(left).toBeLessThanOrEqual(wiki.now + 400 * DAY);
        expect(new Date(expires ?? 0).getTime()).toBe(left + HOUR);
      }
    },
  );

  it.each(['1.9', '1.6'] as const)('%s: an export comes back by import, values and all', async (layout) => {
    on(layout);
    const exported = await run('export', '--output', 'wiki.ndjson');
    expect(exported.code, exported.err).toBe(0);
    const imported = await run('import', 'wiki.ndjson', '--store', TARGET);
    expect(imported.code, imported.err).toBe(0);
    const datas = async (...where: string[]) =>
      await json<{ id: string }[]>('list', '--sort', 'id', '--fields', 'id,userName,data.trail', ...where);
    const ours = await datas('--store', TARGET);
    const ids = new Set(ours.map(({ id }) => id));
    expect(ours.length).toBeGreaterThan(30);
    expect(ours).toEqual((await datas()).filter(({ id }) => ids.has(id)));
  });

  it('1.9: a session without an expiry stays behind as expired, and is expired elsewhere', async () => {
    on('1.9');
    await run('copy', '--to', TARGET, '--expired');
    const { id } = sessionWhere(isEndless);
    expect(await json('inspect', id, '--store', TARGET)).toMatchObject([{ state: 'expired' }]);
  });
});

describe('check', () => {
  const codes = async () =>
    new Map(
      (await json<{ code: string; count: number; examples: string[] }[]>('check')).map((one) => [
        one.code,
        one,
      ]),
    );

  it('counts sessions without an expiry, and names files that are no sessions', async () => {
    on('1.9');
    writeFileSync(join(wiki.sessionDir, `${'a'.repeat(40)}.bak`), '');
    writeFileSync(join(wiki.sessionDir, 'b'.repeat(40)), 'cos\nsystem\n');
    const found = await codes();
    expect(found.get('wiki-session-without-expiry')?.count).toBe(
      wiki.expected.sessions.filter(isEndless).length,
    );
    expect(found.get('wiki-file-no-session')?.examples).toEqual(['….bak']);
    expect(found.get('unreadable-record')?.examples).toEqual([idOfName('b'.repeat(40))]);
    expect(found.has('no-configuration')).toBe(false);
  });

  it.skipIf(process.platform === 'win32')(
    'says which folders others can look into, and --fix changes nothing',
    async () => {
      on('1.6');
      chmodSync(wiki.sessionDir, 0o770);
      expect((await codes()).get('wiki-open-to-others')?.examples ?? []).not.toContain(wiki.sessionDir);
      const { code } = await run('check', '--fix');
      expect([0, 4]).toContain(code);
      expect(readdirSync(wiki.sessionDir)).toHaveLength(wiki.expected.sessions.length);
    },
  );

  it('1.6: names secrets of nobody who is known', async () => {
    on('1.6');
    writeFileSync(
      join(wiki.data, 'cache/__common__/ussc', 'f'.repeat(40)),
      "((dp1\nI5\nS'abcdefghijklmnopqr'\ns(lp2\nI5\natp3\n.",
    );
    expect((await codes()).get('wiki-secret-without-user')?.examples).toEqual(['f'.repeat(40)]);
  });
});
