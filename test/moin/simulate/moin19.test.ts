import { describe, expect, it } from 'vitest';
import { idOfName } from '../../../src/moin/files/names.js';
import type { WikiSimulation } from '../../../src/moin/simulate/course.js';
import { type FakeWiki, NOW, to19 } from '../../aid/moin/wiki-view.js';

const ADMIN = '1795397706.22.60370';
const JANE = '1795397706.49.1207';
const [USER, VISITOR, UNKNOWN] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)] as [string, string, string];
const NAME = 'MOIN_SESSION_8095_ROOT';
const LOGIN = { userId: JANE, authMethod: 'moin' };
const WIKI: FakeWiki = {
  settings: { auth: ['moin'], cookie_lifetime: [1, 12], superuser: ['AdminUser'] },
  users: {
    [ADMIN]: { name: 'AdminUser' },
    [JANE]: { name: 'JaneDoe', fields: { remember_me: '0' } },
  },
  sessions: {
    [USER]: { ...LOGIN, keys: ['trail'] },
    [VISITOR]: { keys: ['trail'] },
  },
};
const with_ = (more: FakeWiki): FakeWiki => ({
  ...WIKI,
  ...more,
  settings: { ...WIKI.settings, ...more.settings },
});
/** The wiki with other values in the login. */
const having = (values: object, more: FakeWiki = {}) =>
  with_({ sessions: { [USER]: { ...LOGIN, ...values } }, ...more });
const of = (value: string) => `${NAME}=${value}`;

/** The last step but for a change of user, with what came of it. */
function told({ request, notes }: WikiSimulation) {
  const step = request.steps.findLast(({ method }) => method !== 'setuid');
  return {
    ...request,
    notes,
    method: step?.method,
    reason: step?.reason,
    text: step?.text ?? '',
    cookie: request.cookies[0],
  };
}

describe('spec 8: simulate on 1.9: the cookie of another wiki on the host', () => {
  const at = (port: number) => with_({ settings: { server_port: port } });

  it('is named, with the settings that would make it this one', () => {
    const text = told(to19(at(8080), of(USER))).text;
    expect(text).toContain(`no cookie MOIN_SESSION_8080_ROOT, only the cookie ${NAME}, of another wiki on`);
    expect(text).toContain('server_port');
    const both = told(to19(at(8080), `${of(USER)}; MOIN_SESSION_9_ROOT=${VISITOR}`)).text;
    expect(both).toContain(`only cookies ${NAME}, MOIN_SESSION_9_ROOT, of other wikis`);
  });

  it('without any, there is none to name', () => {
    expect(told(to19(at(8080), 'a=b')).text).toBe('the request brings no session cookie');
  });

  it('a name that holds the name of a session is cut', () => {
    expect(told(to19(at(8080), `MOIN_SESSION_${USER}=x`)).text).not.toContain(USER);
  });
});

describe('spec 8: simulate on 1.9: a session', () => {
  it('restored: the service finds it, its auth method makes the user', () => {
    const result = told(to19(WIKI, of(USER)));
    expect(result).toMatchObject({
      user: { id: JANE, name: 'JaneDoe', method: 'moin' },
      cookie: { name: NAME, kind: 'user', verdict: 'ok', sessionId: idOfName(USER), secret: null },
      session: { available: true, id: idOfName(USER), kind: 'user', isNew: false, keys: ['trail'] },
      setCookies: [
        {
          kind: 'user',
          maxAge: 43_200,
          attributes: ['Expires=Fri, 15-Jan-2027 21:00:00 GMT', 'Max-Age=43200', 'Path=/'],
        },
      ],
      writes: [{ action: 'update', id: idOfName(USER) }],
      notes: [],
    });
    expect(result.steps.map(({ method, reason }) => [method, reason])).toEqual([
      ['session_service', 'restored'],
      ['moin', 'restored'],
    ]);
  });

  it('its stored time is written anew once a minute at most', () => {
    const stored = having({ expires: NOW / 1000 + 43_200 });
    expect(to19(stored, of(USER), { now: NOW + 59_000 }).request.writes).toEqual([]);
    expect(to19(stored, of(USER), { now: NOW + 60_000 }).request.writes).toHaveLength(1);
  });

  it('a visitor’s', () => {
    expect(told(to19(WIKI, of(VISITOR)))).toMatchObject({
      user: null,
      method: 'session_service',
      reason: 'anonymous-restored',
      cookie: { kind: 'anon' },
      session: { available: true, kind: 'anonymous', isNew: false },
      setCookies: [{ kind: 'anon', maxAge: 3600 }],
    });
  });

  it('session fixation: any 40 hex digits begin a visitor’s session under them', () => {
    expect(told(to19(WIKI, of(UNKNOWN)))).toMatchObject({
      user: null,
      reason: 'anonymous-new',
      session: { available: true, id: idOfName(UNKNOWN), isNew: true },
      text: expect.stringContaining('session fixation'),
      writes: [{ action: 'create', id: idOfName(UNKNOWN) }],
    });
  });

  it('expired: destroyed, and a new id; equal is still good', () => {
    const ending = having({ expires: NOW / 1000 });
    expect(told(to19(ending, of(USER))).user?.name).toBe('JaneDoe');
    expect(told(to19(ending, of(USER), { now: NOW + 1 }))).toMatchObject({
      user: null,
      reason: 'refused-expired',
      session: { id: null, isNew: true },
      writes: [{ action: 'delete', id: idOfName(USER) }],
      setCookies: [{ action: 'set', kind: 'anon' }],
    });
  });

  it('without a time it is good for ever', () => {
    const result = to19(having({ expires: null }), of(USER), { now: NOW + 4e11 });
    expect(result.request.user?.name).toBe('JaneDoe');
    expect(result.request.steps[0]?.text).toMatch(/opens it for ever/);
    expect(result.request.writes).toEqual([{ action: 'update', id: idOfName(USER) }]);
  });

  it.each<[string, FakeWiki, RegExp]>([
    ['disabled', with_({ users: { [JANE]: { name: 'JaneDoe', disabled: true } } }), /JaneDoe is disabled/],
    ['gone', with_({ users: {} }), /is gone/],
    [
      'of a method that the wiki has no more',
      having({ authMethod: 'ldap' }),
      /logged in by "ldap", which is no method/,
    ],
  ])('a user who is %s: the session is killed, the cookie deleted', (_what, wiki, text) => {
    const result = told(to19(wiki, of(USER)));
    expect(result).toMatchObject({
      user: null,
      reason: 'refused-user',
      session: { available: false },
      setCookies: [{ action: 'delete', name: NAME, maxAge: 0 }],
      writes: [{ action: 'delete', id: idOfName(USER) }],
    });
    expect(result.text).toMatch(text);
  });

  it('by "given" only as long as the web server says so', () => {
    const wiki = having({ authMethod: 'given' }, { settings: { auth: ['given', 'moin'] } });
    expect(told(to19(wiki, of(USER)))).toMatchObject({
      user: { name: 'JaneDoe', method: 'given' },
      text: expect.stringContaining('as long as the web server names JaneDoe'),
    });
  });

  it.each<[string, object]>([
    ['a tuple', { status: 'no-dict', what: 'a tuple' }],
    ['a user without a method', { userId: JANE }],
  ])('%s: an error 500', (_what, found) => {
    expect(told(to19(with_({ sessions: { [USER]: found } }), of(USER)))).toMatchObject({
      user: null,
      session: null,
      reason: 'server-error',
      setCookies: [],
      text: expect.stringContaining('error 500'),
    });
  });

  it('a file that cannot be read is an empty session; what is not read here is not told', () => {
    const broken = with_({ sessions: { [USER]: { status: 'broken', why: 'it is cut off' } } });
    expect(told(to19(broken, of(USER)))).toMatchObject({
      user: null,
      reason: 'unreadable',
      session: { available: true, isNew: true },
      text: expect.stringContaining('it is cut off'),
    });
    const withheld = with_({ sessions: { [USER]: { status: 'withheld', why: 'GLOBAL' } } });
    expect(told(to19(withheld, of(USER)))).toMatchObject({ user: null, session: null, setCookies: [] });
  });
});

describe('spec 8: simulate on 1.9: the cookie', () => {
  it('no cookie, and cookies of other names', () => {
    expect(told(to19(WIKI, 'MOIN_SESSION=x; other=1'))).toMatchObject({
      reason: 'no-cookie',
      cookie: { name: 'MOIN_SESSION_?', verdict: 'absent' },
      otherCookies: ['MOIN_SESSION', 'other'],
    });
  });

  it.each([
    ['capital letters', 'A'.repeat(40)],
    ['41 digits', `${USER}a`],
    ['39 digits', USER.slice(1)],
    ['a path', `../${USER.slice(3)}`],
    ['two newlines', `"${USER}\\012\\012"`],
    ['nothing', ''],
    ['a cookie of moin-sessions', `user.${'A'.repeat(43)}.${'B'.repeat(43)}`],
    ['a NUL', `"${USER}\\000"`],
    ['a megabyte', 'a'.repeat(1024 * 1024)],
  ])('%s: passed over, and a new session begins', (_what, value) => {
    expect(told(to19(WIKI, of(value)))).toMatchObject({
      user: null,
      reason: 'malformed-cookie',
      cookie: { verdict: 'malformed', kind: null, sessionId: null },
      session: { available: true, id: null, isNew: true },
      setCookies: [{ action: 'set', kind: 'anon' }],
    });
  });

  it('40 hex digits and a newline pass', () => {
    const result = told(to19(WIKI, of(`"${USER}\\012"`)));
    expect(result).toMatchObject({ reason: 'anonymous-new', cookie: { verdict: 'ok' } });
    expect(result.text).toMatch(/newline, which this MoinMoin lets pass/);
    const stored = with_({ sessions: { [`${USER}\n`]: { ...LOGIN } } });
    expect(told(to19(stored, of(`"${USER}\\012"`))).user?.name).toBe('JaneDoe');
  });

  it('a name in UTF-8 is shown as what it is', () => {
    expect(told(to19(WIKI, `MOIN_SESSION_ü日=${USER}`)).cookie).toMatchObject({ name: 'MOIN_SESSION_ü日' });
  });

  it('of two of one name the first counts', () => {
    expect(told(to19(WIKI, `${of(VISITOR)}; ${of(USER)}`)).user).toBeNull();
    expect(told(to19(WIKI, `${of(USER)}; ${of(VISITOR)}`)).user?.name).toBe('JaneDoe');
  });

  it('several wikis on one host: all are reported, the one that is taken first, and it is noted', () => {
    const result = told(to19(WIKI, `MOIN_SESSION_80_ROOT=${UNKNOWN}; ${of(USER)}`));
    expect(result).toMatchObject({
      user: { name: 'JaneDoe' },
      cookies: [
        { name: NAME, sessionId: idOfName(USER) },
        { name: 'MOIN_SESSION_80_ROOT', sessionId: idOfName(UNKNOWN) },
      ],
      notes: [expect.stringContaining('several wikis on one host')],
    });
    const named = with_({ settings: { cookie_name: '80_ROOT' } });
    expect(told(to19(named, `MOIN_SESSION_80_ROOT=${UNKNOWN}; ${of(USER)}`))).toMatchObject({
      user: null,
      notes: [],
    });
  });

  it('the name comes from the address that was asked', () => {
    const cookies = `MOIN_SESSION_80_ROOT=${UNKNOWN}; ${of(USER)}`;
    expect(told(to19(WIKI, cookies, { url: 'http://wiki.example/Page' }))).toMatchObject({
      user: null,
      notes: [],
    });
    expect(told(to19(WIKI, cookies, { url: 'http://wiki.example:8095/Page' })).user?.name).toBe('JaneDoe');
  });

  it('is Secure over HTTPS', () => {
    const attributes = (secure: boolean) =>
      to19(WIKI, of(USER), { secure }).request.setCookies[0]?.attributes;
    expect(attributes(true)).toContain('Secure');
    expect(attributes(false)).not.toContain('Secure');
  });
});

describe('spec 8: simulate on 1.9: settings and the change of user', () => {
  it('visitors without sessions: nothing is kept', () => {
    const none = with_({ settings: { cookie_lifetime: [0, 12] } });
    for (const value of [UNKNOWN, VISITOR, 'x'])
      expect(told(to19(none, of(value)))).toMatchObject({
        session: { available: false },
        setCookies: [],
        writes: [],
      });
  });

  it('a login life time of 0 renews nothing', () => {
    const none = with_({ settings: { cookie_lifetime: [1, 0] } });
    expect(to19(none, of(USER)).request).toMatchObject({ setCookies: [], writes: [] });
  });

  it('what it takes for granted without settings is noted', () => {
    const bare = { ...WIKI, settings: {} };
    const login = to19(bare, of(USER));
    expect([...login.notes, ...login.answerNotes]).toEqual([
      expect.stringContaining("'auth' is taken to be moin:"),
      expect.stringContaining('12 hours for users'),
    ]);
    expect(to19(bare, of(VISITOR))).toMatchObject({
      request: { session: { available: true }, setCookies: [], writes: [] },
      notes: [],
      answerNotes: [expect.stringContaining('whether visitors have sessions')],
    });
    expect(to19(bare, of(UNKNOWN))).toMatchObject({
      request: { session: { available: false }, setCookies: [], writes: [] },
      answerNotes: [expect.stringContaining('whether visitors have sessions')],
    });
  });

  const acting = (setuid: string, userId = ADMIN, more: FakeWiki = {}) => having({ setuid, userId }, more);
  const setuid = ({ request }: WikiSimulation) => request.steps.find(({ method }) => method === 'setuid');

  it('a superuser acts as somebody', () => {
    const result = to19(acting(JANE), of(USER));
    expect(result.request.user).toEqual({ id: JANE, name: 'JaneDoe', method: 'setuid' });
    expect(setuid(result)).toMatchObject({ reason: 'acting-as', userBefore: { name: 'AdminUser' } });
    expect(result.notes).toEqual([]);
  });

  it('whether they are a superuser still is taken for granted where no setting says so', () => {
    const { superuser: _none, ...settings } = WIKI.settings ?? {};
    const result = to19({ ...acting(JANE), settings }, of(USER));
    expect(result.request.user?.name).toBe('JaneDoe');
    expect(result.notes).toEqual([expect.stringContaining('--wiki-config superuser=NAME')]);
  });

  it('dropped for one who is no superuser, and for a visitor', () => {
    const demoted = to19(acting(ADMIN, JANE), of(USER));
    expect(demoted.request.user?.name).toBe('JaneDoe');
    expect(setuid(demoted)).toMatchObject({
      reason: 'dropped',
      text: expect.stringContaining('JaneDoe is no superuser'),
    });
    const visitor = to19(with_({ sessions: { [VISITOR]: { setuid: ADMIN } } }), of(VISITOR));
    expect(visitor.request.user).toBeNull();
    expect(setuid(visitor)).toMatchObject({ reason: 'dropped' });
  });

  it('to a user who was deleted: a valid user with an empty name', () => {
    const result = to19(acting('1795397706.66.54803'), of(USER));
    expect(result.request.user).toEqual({ id: '1795397706.66.54803', name: '', method: 'setuid' });
    expect(setuid(result)?.text).toMatch(/who is gone.*empty name/);
  });
});

describe('spec 7: nothing secret is told', () => {
  it('no name of a file, and so no value of a cookie', () => {
    const cookies = [USER, VISITOR, UNKNOWN, `"${USER}\\012"`, `${USER}a`].map(of);
    for (const cookie of [...cookies, `MOIN_SESSION_1=${UNKNOWN}; ${of(USER)}`]) {
      const text = JSON.stringify(to19(WIKI, cookie));
      for (const hidden of [USER, VISITOR, UNKNOWN]) expect(text).not.toContain(hidden);
    }
  });
});

describe('hostile headers cost little', () => {
  it.each([
    ['10,000 cookies', `${'a=b; '.repeat(10_000)}${of(USER)}`],
    ['10,000 session cookies of one name', `${of(USER)}; `.repeat(10_000)],
    ['10,000 wikis', Array.from({ length: 10_000 }, (_, n) => `MOIN_SESSION_${n}=${USER}`).join('; ')],
    ['a megabyte of quotes', `${of('"'.repeat(1024 * 1024))}`],
    ['bytes', Buffer.from(Array.from({ length: 300_000 }, (_, n) => n % 256)).toString('latin1')],
  ])('%s', (_what, cookie) => {
    const start = performance.now();
    const { request } = to19(WIKI, cookie);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(JSON.stringify(request).length).toBeLessThan(100_000);
  });
});
