import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { idOfName } from '../../../../src/moin/files/names.js';
import type { GivenSettings } from '../../../../src/moin/simulate/view.js';
import { MoinStore } from '../../../../src/moin/store.js';
import { archive } from '../../../aid/cli/archive.js';
import { cli, type World } from '../../../aid/cli/fake-context.js';
import { snapshot, temporaryFolder } from '../../../aid/folder.js';
import { type SampleWiki, unpackWiki } from '../../../aid/moin/wikis.js';

let wiki16: SampleWiki;
let wiki19: SampleWiki;
let cwd: string;
beforeEach(() => {
  wiki16 = unpackWiki('1.6');
  wiki19 = unpackWiki('1.9');
  cwd = temporaryFolder();
});

const SETTINGS_16: GivenSettings = {
  user_dir: '/srv/wiki/data/user',
  auth: ['moin_login', 'moin_session', 'moin_anon_session'],
  anonymous_cookie_lifetime: 1,
  cookie_lifetime: 12,
};
const SETTINGS_19: GivenSettings = { auth: ['moin'], cookie_lifetime: [1, 12], superuser: ['AdminUser'] };

function run(
  { dir, now }: SampleWiki,
  settings: GivenSettings,
  command: string,
  world: World,
  argv: string[],
) {
  const store = new MoinStore(dir, settings, { readOnly: true });
  return cli({ cwd, store, clock: () => now, ...world }, command, ...argv);
}
const simulate16 = (...argv: string[]) => run(wiki16, SETTINGS_16, 'simulate', {}, argv);
const simulate19 = (...argv: string[]) => run(wiki19, SETTINGS_19, 'simulate', {}, argv);
const whoami = (wiki: SampleWiki, settings: GivenSettings, ...argv: string[]) =>
  run(wiki, settings, 'whoami', {}, argv);

const cookie16 = (how: (made: { how_made: string; user_name_shown: string | null }) => boolean) =>
  String(
    (
      wiki16.expected.cookies as unknown as {
        how_made: string;
        user_name_shown: string | null;
        set_cookie_header: string;
      }[]
    ).find(how)?.set_cookie_header,
  ).split('; ', 1)[0] as string;
const switched = () => cookie16(({ how_made }) => how_made === 'superuser switched to JaneDoe');
const loggedOut = () => cookie16(({ how_made }) => how_made === 'logged in, then out');
const file19 = (how: (session: SampleWiki['expected']['sessions'][number]) => boolean) =>
  String(wiki19.expected.sessions.find(how)?.file);
const jane19 = () =>
  file19(
    ({ user_name, how_made }) =>
      user_name === 'JaneDoe' && how_made === 'logged in from an anonymous session',
  );
const NAME_19 = 'MOIN_SESSION_8095_ROOT';

describe('spec 8: simulate --store moin:DIR', () => {
  it('1.6: the verdict first, then step by step', async () => {
    const { code, out, err } = await simulate16('--cookie', switched());
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^JaneDoe is logged in: AdminUser acts as JaneDoe\n/);
    expect(out).toMatch(/MOIN_SESSION has a good signature \(kind user\) and names session\s+[0-9a-f]{32}\n/);
    expect(out).toMatch(/step 2 {4}moin_session: restored; nobody → AdminUser\n/);
    expect(out).toMatch(/step 3 {4}setuid: acting-as; AdminUser → JaneDoe\n {12}AdminUser acts as JaneDoe\n/);
    expect(out).toMatch(/Max-Age 315360000 s;\s+expires=Thursday, 20-Nov-36 01:30:34 GMT; Path=\/\n/);
  });

  it('1.6: why a login is over', async () => {
    const { out } = await simulate16('--cookie', loggedOut());
    expect(out.split('\n').slice(0, 2).join(' ')).toBe(
      'nobody is logged in: JoeDoe has no secret of the number in the cookie any more: this login has ended, by a logout or by an administrator',
    );
  });

  it.each([
    ['expire', /an administrator has ended this login/, /'moin-sessions log --id [0-9a-f]{32}' says/],
    ['purge', /by a logout or by an administrator/, /'moin-sessions log --user \d+\.\d+\.\d+' says/],
  ])(
    '1.6: a login that %s has ended is no logout, and the audit log is named',
    async (command, why, hint) => {
      writeFileSync(join(cwd, 'moin-sessions.config.json'), '{"audit":"audit.log"}');
      const cookie = cookie16(
        ({ how_made, user_name_shown }) => how_made === 'logged in' && user_name_shown === 'JaneDoe',
      );
      const world = { store: new MoinStore(wiki16.dir, SETTINGS_16) };
      expect((await run(wiki16, SETTINGS_16, command, world, ['--user', 'JaneDoe', '-y'])).code).toBe(0);
      for (const asking of ['simulate', 'whoami']) {
        const { out, err } = await run(wiki16, SETTINGS_16, asking, {}, ['--cookie', cookie]);
        expect(out.replaceAll(/\s+/g, ' ')).toMatch(why);
        expect(err).toMatch(hint);
      }
    },
  );

  it('1.9: of a session that is expired or gone, the audit log is named; without one, nothing', async () => {
    const cookies = [jane19(), 'c'.repeat(40)];
    const store = new MoinStore(wiki19.dir, SETTINGS_19);
    await run(wiki19, SETTINGS_19, 'expire', { store }, ['--user', 'JaneDoe', '-y']);
    for (const cookie of cookies) expect((await simulate19('--cookie', cookie)).err).toBe('');
    writeFileSync(join(cwd, 'moin-sessions.config.json'), '{"audit":"audit.log"}');
    for (const cookie of cookies) {
      const { err } = await simulate19('--cookie', cookie);
      expect(err).toBe(
        `moin-sessions: 'moin-sessions log --id ${idOfName(cookie)}' says what the audit log knows of it\n`,
      );
      expect((await simulate19('--cookie', cookie, '-q')).err).toBe('');
    }
  });

  it('1.9: the session service, then the auth method', async () => {
    const { code, out } = await simulate19('--cookie', `${NAME_19}=${jane19()}`);
    expect(code).toBe(0);
    expect(out).toMatch(/^JaneDoe is logged in\n/);
    expect(out).toMatch(/MOIN_SESSION_8095_ROOT is not signed \(kind user\)/);
    expect(out).toMatch(/session_service: restored; nobody\n[\s\S]*moin: restored; nobody → JaneDoe\n/);
  });

  it('1.9: whatever is known of the name: the bare value is enough', async () => {
    const { code, out } = await simulate19('--cookie', jane19(), '--expect-user', 'JaneDoe');
    expect([code, out.split('\n')[0]]).toEqual([0, 'JaneDoe is logged in']);
  });

  it('1.9: a visitor, and no cookie', async () => {
    const visitor = file19(({ how_made }) => how_made === 'anonymous with trail');
    const known = await simulate19('--cookie', `${NAME_19}=${visitor}`, '--expect-anonymous');
    expect(known).toMatchObject({ code: 0 });
    expect(known.out).toMatch(
      /^nobody is logged in: the cookie is a visitor's: its name alone opens the session\n/,
    );
    const none = await simulate19('--cookie', 'MOIN_SESSION=x');
    expect(none.out).toMatch(
      /^nobody is logged in: the request brings no cookie MOIN_SESSION_\?, only\s+MOIN_SESSION\n/,
    );
  });

  it('a crash of the server is the verdict', async () => {
    const { out } = await simulate16('--cookie', 'MOIN_SESSION=a:b');
    expect(out).toMatch(/^nobody is logged in: a part behind the first colon[\s\S]*error 500\n/);
  });

  it('--at, --expect-*: exit 3 when it is not met', async () => {
    expect((await simulate16('--cookie', switched(), '--at', '+3650d', '--expect-none')).code).toBe(3);
    expect((await simulate16('--cookie', switched(), '--at', '+3660d', '--expect-anonymous')).code).toBe(0);
    const unmet = await simulate19('--cookie', jane19(), '--expect-user', 'AdminUser');
    expect(unmet).toMatchObject({ code: 3, err: expect.stringContaining("user 'JaneDoe'") });
  });

  it('from a file, from stdin, and as a whole header', async () => {
    writeFileSync(join(cwd, 'c.txt'), `Cookie: other=1; ${switched()}\n`);
    const ways: [World, ...string[]][] = [
      [{}, '--cookie-file', 'c.txt'],
      [{ stdin: switched() }, '--cookie', '-'],
      [{}, '--header', `Cookie: ${switched()}`],
      [{}, '--cookie', 'other=1', '--cookie', switched()],
    ];
    for (const [world, ...argv] of ways)
      expect((await run(wiki16, SETTINGS_16, 'simulate', world, argv)).out).toMatch(
        /^JaneDoe is logged in: AdminUser acts as JaneDoe\n/,
      );
  });

  it('--curl: the address tells which wiki of the host it is', async () => {
    const unknown = 'c'.repeat(40);
    const curl = (port: string, more = '') =>
      `curl 'http://wiki.example${port}/Page' -H 'Cookie: MOIN_SESSION_80_ROOT=${unknown}; ${NAME_19}=${jane19()}'${more}`;
    const send = (stdin: string) => run(wiki19, SETTINGS_19, 'simulate', { stdin }, ['--curl', '-']);
    expect((await send(curl(':8095'))).out).toMatch(/^JaneDoe is logged in\n/);
    expect((await send(curl(''))).out).toMatch(/^nobody is logged in: the wiki has no such session/);
    expect((await send(curl(':8095', " --data 'login=1'"))).out).toMatch(
      /the body of a POST.*\n?.*page view/,
    );
    const https = curl(':8095').replace('http:', 'https:');
    expect((await send(https)).out).toMatch(/Secure;/);
  });

  it('--har: entry by entry', async () => {
    const lost = 'c'.repeat(40);
    const har = archive(
      { url: 'http://wiki.example:8095/A', cookie: `${NAME_19}=${jane19()}` },
      { url: 'http://wiki.example:8095/B', cookie: 'other=1' },
      { url: 'http://wiki.example:8095/C', cookie: `${NAME_19}=${lost}` },
    );
    const { code, out } = await run(wiki19, SETTINGS_19, 'simulate', { stdin: har }, [
      '--har',
      '-',
      '--json',
    ]);
    const { requests } = JSON.parse(out);
    expect(code).toBe(0);
    expect(
      requests.map(({ recorded, user }: never) => [
        (recorded as { entry: number }).entry,
        (user as { name: string } | null)?.name,
      ]),
    ).toEqual([
      [1, 'JaneDoe'],
      [3, undefined],
    ]);
    const cookie = switched();
    const of16 = archive({ url: 'http://wiki.example/A', cookie });
    expect((await run(wiki16, SETTINGS_16, 'simulate', { stdin: of16 }, ['--har', '-'])).out).toMatch(
      /JaneDoe is logged in/,
    );
  });

  it.each([
    [['--login', '--name', 'JaneDoe', '--password-stdin'], '--login'],
    [['--logout'], '--logout'],
    [['--basic', 'JaneDoe', '--password-stdin'], '--basic'],
    [['--remote-user', 'JaneDoe'], '--remote-user'],
    [['--repeat', '2'], '--repeat'],
  ])('%j is refused: exit 2, with the remedy', async (argv, flag) => {
    const { code, out, err } = await simulate19(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(
      new RegExp(`^moin-sessions: ${flag} is for sites of moin-sessions: .*leave it out\n$`),
    );
  });

  it('what has no effect is said', async () => {
    const { out } = await simulate19('--cookie', jane19(), '--address', '192.0.2.1', '--proxy', '192.0.2.2');
    expect(out).toMatch(/--address has no effect/);
    expect(out).toMatch(/--proxy has no effect/);
  });

  it('writes nothing, and tells no value of a cookie', async () => {
    const before = [snapshot(wiki16.dir), snapshot(wiki19.dir)];
    const outs: string[] = [];
    for (const flags of [[], ['--json'], ['--format', 'ndjson']]) {
      for (const cookie of [
        switched(),
        loggedOut(),
        'MOIN_SESSION=attacker-chosen',
        'MOIN_SESSION=../user/README',
      ])
        outs.push((await simulate16('--cookie', cookie, ...flags)).out);
      for (const { file } of wiki19.expected.sessions.slice(0, 9))
        outs.push((await simulate19('--cookie', `${NAME_19}=${file}`, ...flags)).out);
    }
    expect([snapshot(wiki16.dir), snapshot(wiki19.dir)]).toEqual(before);
    const names = [wiki16, wiki19].flatMap(({ expected }) => expected.sessions.map(({ file }) => file));
    const secrets = names.filter((name) => name.length > 10 && name !== 'attacker-chosen');
    const text = outs.join('');
    expect(secrets.filter((name) => text.includes(name))).toEqual([]);
    expect(text).not.toMatch(/[0-9a-f]{32}:|\.\.\/user|attacker-chosen/);
  });
});

describe('spec 8: whoami --store moin:DIR', () => {
  it('one line: who, the session, and when the cookie ends: exit 0', async () => {
    const { code, out, err } = await whoami(wiki16, SETTINGS_16, '--cookie', switched());
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^JaneDoe is logged in: AdminUser acts as JaneDoe, session [0-9a-f]{12}, active, cookie expires in 9y\n$/,
    );
  });

  it('a file that counts as expired is opened in 1.6 all the same', async () => {
    const past = cookie16(
      ({ user_name_shown, how_made }) => user_name_shown === 'JaneDoe' && how_made === 'logged in',
    );
    const { out } = await whoami(wiki16, SETTINGS_16, '--cookie', past);
    expect(out).toMatch(/, expired for the wiki's clean-up alone, cookie expires in 9y\n$/);
  });

  it('nobody, and why: exit 3', async () => {
    const { code, out } = await whoami(wiki16, SETTINGS_16, '--cookie', loggedOut());
    expect([code, out]).toEqual([3, expect.stringMatching(/^nobody is logged in: JoeDoe has no secret/)]);
  });

  it('1.9, for programs', async () => {
    const { code, out } = await whoami(wiki19, SETTINGS_19, '--cookie', jane19(), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      user: 'JaneDoe',
      method: 'moin',
      kind: 'user',
      state: 'active',
      reason: 'restored',
      cookieExpires: expect.stringMatching(/^2036-/),
    });
  });

  it('what is taken for granted of the user goes to stderr, of the answer nowhere; -q leaves it out', async () => {
    const loud = await whoami(wiki19, {}, '--cookie', jane19());
    expect(loud.err).toMatch(/^moin-sessions: the wiki's list 'auth' is taken to be moin: [^\n]*\n$/);
    expect(await whoami(wiki19, {}, '--cookie', jane19(), '-q')).toMatchObject({ code: 0, err: '' });
  });

  it('a cookie whose time no date can have', async () => {
    const far = switched().replace(/expires=\d+/, 'expires=99999999999999999999999');
    expect(await whoami(wiki16, SETTINGS_16, '--cookie', far, '--json')).toMatchObject({ code: 3 });
  });

  it('the session is never that of another wiki on the host', async () => {
    const cookie = `${NAME_19}=${jane19()}`;
    const other = await whoami(
      wiki19,
      { ...SETTINGS_19, cookie_name: 'other' },
      '--cookie',
      cookie,
      '--json',
    );
    expect(JSON.parse(other.out)).toMatchObject({ user: null, sessionId: null, state: null });
  });

  it('a superuser who acts as a deleted user: a user without a name', async () => {
    const acting = wiki19.expected.sessions.find(({ setuid_user_name }) => setuid_user_name === 'JaneDoe');
    rmSync(join(wiki19.data, 'user', String(acting?.decoded.setuid)));
    const cookie = `${NAME_19}=${acting?.file}`;
    const { code, out } = await whoami(wiki19, SETTINGS_19, '--cookie', cookie);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(
        /^a user without a name is logged in: AdminUser acts as a user without a name, session/,
      ),
    ]);
  });

  it('cookies of other programs are none of the wiki', async () => {
    const own = `MOIN_SESSION=user.${'A'.repeat(43)}.${'B'.repeat(43)}`;
    expect((await whoami(wiki16, SETTINGS_16, '--cookie', own)).out).toMatch(/none of this wiki/);
    const express = `connect.sid=s%3A${'C'.repeat(32)}.${'D'.repeat(43)}`;
    const pasted = await whoami(wiki16, SETTINGS_16, '--cookie', express);
    expect(pasted.out).toMatch(/only connect\.sid/);
    expect(pasted.err).toMatch(
      /connect\.sid has the form of a cookie of express-session, which is none of this wiki/,
    );
    const ours = await whoami(wiki19, SETTINGS_19, '--cookie', own);
    expect(ours.out).toMatch(/only MOIN_SESSION/);
    expect(ours.err).toMatch(/a cookie of moin-sessions \(KIND\.TOKEN\.MAC\)/);
    const beside = await whoami(wiki19, SETTINGS_19, '--cookie', `${own}; ${NAME_19}=${jane19()}`);
    expect(beside).toMatchObject({ code: 0, err: '' });
  });
});
