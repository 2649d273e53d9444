import { describe, expect, it } from 'vitest';
import { idOfName } from '../../../src/moin/files/names.js';
import type { WikiSimulation } from '../../../src/moin/simulate/course.js';
import { type FakeWiki, NOW, signedValue, to16 } from '../../aid/moin/wiki-view.js';

const JANE = '1795397431.63.53991';
const ANNA = '1795397431.64.10246';
const SECRET = 'a-secret-of-sixteen';
const WIKI: FakeWiki = {
  settings: { auth: ['moin_login', 'moin_session'], anonymous_cookie_lifetime: 1, cookie_lifetime: 12 },
  users: { [JANE]: { name: 'JaneDoe', fields: { remember_me: '0' } }, [ANNA]: { name: 'АннаКаренина' } },
  secrets: { [JANE]: { 7: SECRET } },
  sessions: { [SECRET]: { expires: NOW / 1000 + 99_999, keys: ['trail'] } },
};
const with_ = (more: FakeWiki): FakeWiki => ({
  ...WIKI,
  ...more,
  settings: { ...WIKI.settings, ...more.settings },
});
const cookieOf = (given = {}) => `MOIN_SESSION="${signedValue(given)}"`;

/** The step of moin_session with what came of it. */
function told({ request, notes, answerNotes }: WikiSimulation) {
  const step = request.steps.find(({ method }) => method === 'moin_session');
  const cookie = request.cookies[0];
  return {
    ...request,
    notes,
    answerNotes,
    reason: step?.reason,
    text: step?.text ?? '',
    effects: step?.effects,
    cookie,
  };
}

describe('spec 8: simulate on 1.6: a signed cookie', () => {
  it('restored: user, session, renewed cookie', () => {
    expect(told(to16(WIKI, cookieOf()))).toMatchObject({
      user: { id: JANE, name: 'JaneDoe', method: 'moin_login' },
      cookie: { name: 'MOIN_SESSION', kind: 'user', verdict: 'ok', sessionId: idOfName(SECRET), secret: 0 },
      session: { available: true, id: idOfName(SECRET), kind: 'user', isNew: false, keys: ['trail'] },
      reason: 'restored',
      setCookies: [
        {
          name: 'MOIN_SESSION',
          kind: 'user',
          maxAge: 43_200,
          attributes: ['expires=Friday, 15-Jan-27 21:00:00 GMT', 'Max-Age=43200', 'Path=/'],
        },
      ],
      writes: [],
      notes: [],
    });
  });

  it('in quotes or not, with octal and backslash escapes', () => {
    const value = signedValue();
    const octal = value.replaceAll(':', '\\072').replaceAll('=', '\\=');
    for (const sent of [value, `"${value}"`, `"${octal}"`])
      expect(told(to16(WIKI, `MOIN_SESSION=${sent}`)).reason, sent).toBe('restored');
  });

  it('the stored time is put off once it is behind the new end of the cookie', () => {
    const ends = (seconds: number) =>
      to16(with_({ sessions: { [SECRET]: { expires: NOW / 1000 + seconds } } }), cookieOf()).request.writes;
    expect(ends(43_200)).toEqual([]);
    expect(ends(43_199)).toEqual([{ action: 'update', id: idOfName(SECRET) }]);
  });

  it('a session that has no file yet is empty, and available', () => {
    expect(told(to16(with_({ sessions: {} }), cookieOf()))).toMatchObject({
      user: { name: 'JaneDoe' },
      session: { available: true, isNew: true, keys: [] },
      text: expect.stringContaining('no file yet'),
    });
  });

  it('the time in the cookie: equal is still good, a fraction of a second later it is not', () => {
    const cookie = cookieOf({ expires: NOW / 1000 });
    expect(told(to16(WIKI, cookie, NOW)).reason).toBe('restored');
    expect(told(to16(WIKI, cookie, NOW + 1))).toMatchObject({
      user: null,
      reason: 'refused-expired',
      cookie: { verdict: 'ok' },
      session: null,
      text: 'the signature is good, but the time in the cookie of JaneDoe was over a moment ago',
      effects: ['keep the cookie: this MoinMoin never deletes one that it refuses'],
      setCookies: [],
    });
  });

  it('bad signature: another body, letter by letter, capital letters', () => {
    const value = signedValue();
    const forged = value.replace('secidx=7', 'secidx=07');
    expect(told(to16(WIKI, `MOIN_SESSION="${forged}"`))).toMatchObject({
      reason: 'bad-signature',
      cookie: { kind: 'user', verdict: 'bad-signature', sessionId: null, secret: null },
      text: expect.stringContaining('changed or cut on its way'),
    });
    const capital = value.replace(/^[^:]+/, (hash) => hash.toUpperCase());
    expect(told(to16(WIKI, `MOIN_SESSION="${capital}"`))).toMatchObject({
      reason: 'bad-signature',
      text: expect.stringContaining('capital letters'),
    });
    for (const hash of ['', 'x', 'ä'.repeat(16), 'f'.repeat(33)])
      expect(told(to16(WIKI, `MOIN_SESSION="${hash}${value.slice(32)}"`)).reason).not.toBe('restored');
  });

  it('secret gone: its number is not there: logged out', () => {
    expect(told(to16(WIKI, cookieOf({ secidx: 8 })))).toMatchObject({
      reason: 'refused-unknown',
      cookie: { verdict: 'bad-signature' },
      text: 'JaneDoe has no secret of the number in the cookie any more: this login has ended, by a logout or by an administrator',
      setCookies: [],
    });
  });

  it("secret gone, and the session's file left as expired: ended from outside; a visitor cannot feign it", () => {
    const past = { expires: NOW / 1000 - 1 };
    const ended = cookieOf({ secidx: 8, secret: 'once-a-secret' });
    expect(told(to16(with_({ sessions: { 'once-a-secret': past } }), ended))).toMatchObject({
      reason: 'refused-unknown',
      text: expect.stringMatching(/an administrator has ended this login.*a logout removes the file/),
      cookie: { verdict: 'bad-signature', sessionId: idOfName('once-a-secret') },
    });
    const others: FakeWiki[] = [
      { sessions: { 'once-a-secret': {} } },
      { sessions: { 'once-a-secret': past }, secrets: { ...WIKI.secrets, [ANNA]: { 7: 'once-a-secret' } } },
      { sessions: { 'once-a-secret': { status: 'broken', why: 'it is empty' } } },
    ];
    for (const other of others)
      expect(told(to16(with_(other), ended))).toMatchObject({
        text: expect.stringContaining('by a logout or by an administrator'),
        cookie: { sessionId: null },
      });
  });

  it('secret gone: another one under its number, and twenty logins: pushed out by the 21st', () => {
    const secrets = { [JANE]: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [n, `secret-${n}`])) };
    expect(told(to16(with_({ secrets }), cookieOf()))).toMatchObject({
      reason: 'bad-signature',
      text: expect.stringMatching(/pushed out by a later one.*has 20 logins, and a 21st ends/),
    });
  });

  it('an unknown number with the hash of the empty secret is a forgery, which only a crash stops', () => {
    for (const id of [JANE, ANNA, 'nobody'])
      expect(told(to16(WIKI, cookieOf({ id, secidx: 99, secret: '' })))).toMatchObject({
        user: null,
        session: null,
        setCookies: [],
        reason: 'server-error',
        cookie: { verdict: 'bad-signature' },
        text: expect.stringMatching(/a forgery, which anybody can make.*only an error 500 stops it/),
      });
  });

  it('the empty secret opens nothing where the number is known', () => {
    expect(told(to16(WIKI, cookieOf({ secret: '' })))).toMatchObject({ user: null, reason: 'bad-signature' });
  });

  it('no file of secrets, one that cannot be read, and a wiki that was moved', () => {
    const cookie = cookieOf({ id: ANNA });
    expect(told(to16(WIKI, cookie))).toMatchObject({
      reason: 'refused-unknown',
      text: expect.stringContaining('АннаКаренина has no file of secrets'),
    });
    expect(told(to16(with_({ secrets: { [ANNA]: 'unreadable' } }), cookie))).toMatchObject({
      reason: 'refused-unknown',
      text: expect.stringMatching(/cannot be read.*cannot log in/),
    });
    expect(told(to16(with_({ isMoved: true }), cookie))).toMatchObject({
      reason: 'refused-unknown',
      text: expect.stringContaining('--wiki-config user_dir=PATH'),
    });
  });

  it('the cookie of one user with the secret of another opens nothing', () => {
    const secrets = { ...WIKI.secrets, [ANNA]: { 7: 'anna-has-this-secret' } };
    expect(told(to16(with_({ secrets }), cookieOf({ id: ANNA })))).toMatchObject({
      user: null,
      reason: 'bad-signature',
    });
  });

  it.each([
    ['disabled', { [JANE]: { name: 'JaneDoe', disabled: true } }, /JaneDoe is disabled/],
    ['gone', {}, /the user of id 1795397431\.63\.53991 is gone/],
  ])('a user who is %s: not logged in, but session and cookie go on', (_what, users, text) => {
    const result = told(to16(with_({ users }), cookieOf()));
    expect(result).toMatchObject({
      user: null,
      reason: 'refused-user',
      cookie: { verdict: 'ok' },
      session: { available: true, kind: 'user' },
      setCookies: [{ action: 'set', kind: 'user', maxAge: 315_360_000 }],
    });
    expect(result.text).toMatch(text);
    expect(result.steps[1]?.userAfter).toMatchObject({ id: JANE, valid: false });
  });

  it('a session file that cannot be read is an error 500; what is not read here is not told', () => {
    const sessions = (status: 'broken' | 'withheld') => ({ [SECRET]: { status, why: 'it is cut off' } });
    expect(told(to16(with_({ sessions: sessions('broken') }), cookieOf()))).toMatchObject({
      user: null,
      reason: 'server-error',
      setCookies: [],
      text: expect.stringContaining('it is cut off'),
    });
    expect(told(to16(with_({ sessions: sessions('withheld') }), cookieOf()))).toMatchObject({
      user: null,
      reason: 'unreadable',
      text: expect.stringContaining('what this MoinMoin makes of it is not known'),
      answerNotes: [expect.stringContaining('is not known here')],
    });
  });

  it.each(['a:b', 'a:', ':', 'trailing='])(
    'a part without an equals sign (%s): 500 at every request',
    (value) => {
      const sent = value === 'trailing=' ? `${signedValue()}:` : value;
      expect(told(to16(WIKI, `MOIN_SESSION="${sent}"`))).toMatchObject({
        user: null,
        reason: 'server-error',
        cookie: { verdict: 'malformed', kind: null },
        text: expect.stringContaining('error 500'),
      });
    },
  );

  it('unknown keys and bad values are passed over: without user, number or time it opens nothing', () => {
    const b64 = Buffer.from(JANE).toString('base64');
    const good = `username=:id=${b64}:expires=${NOW / 1000 + 9}:secidx=7:more=x`;
    expect(told(to16(WIKI, cookieOf({ body: good }))).reason).toBe('restored');
    for (const body of [
      good.replace('secidx=7', 'secidx=x'),
      good.replace('secidx=7', 'secidx=7.0'),
      good.replace(/expires=\d+/, 'expires='),
      good.replace(b64, '%%%'),
      good.replace(b64, b64.slice(0, -1)),
      good.replace(`id=${b64}:`, ''),
    ])
      expect(told(to16(WIKI, cookieOf({ body }))), body).toMatchObject({
        user: null,
        reason: 'malformed-cookie',
      });
  });

  it('an id that is no file name is never looked up as one', () => {
    for (const id of ['../user/x', '/etc/passwd', '\0', '__proto__', 'x'.repeat(100_000)])
      expect(told(to16(WIKI, cookieOf({ id }))), id.slice(0, 20)).toMatchObject({
        user: null,
        reason: 'refused-unknown',
      });
    expect(told(to16(WIKI, cookieOf({ id: 'x'.repeat(100_000) }))).text.length).toBeLessThan(300);
  });
});

describe('spec 8: simulate on 1.6: a name without a colon', () => {
  const name = 'iXC9mb12bN6_MKWTiRsUrWsBorG5d';
  const visitor = with_({ sessions: { [name]: { keys: ['trail', 'test'] } } });

  it('anonymous-restored, and renewed', () => {
    expect(told(to16(visitor, `MOIN_SESSION=${name}`))).toMatchObject({
      user: null,
      reason: 'anonymous-restored',
      cookie: { kind: 'anon', verdict: 'ok', sessionId: idOfName(name), secret: null },
      session: { available: true, kind: 'anonymous', isNew: false, keys: ['trail', 'test'] },
      setCookies: [{ kind: 'anon', maxAge: 3600 }],
      writes: [],
    });
  });

  it('anonymous-new: any text is taken for a name', () => {
    for (const value of [
      'attacker-chosen',
      "it's",
      '"two words"',
      '"\\303\\274n\\303\\257"',
      '0',
      'constructor',
    ])
      expect(told(to16(visitor, `MOIN_SESSION=${value}`)), value).toMatchObject({
        reason: 'anonymous-new',
        session: { available: true, isNew: true },
        text: expect.stringContaining('any text'),
      });
  });

  it('a name with octal escapes is the file of these bytes', () => {
    const wiki = with_({ sessions: { '\xc3\xbcn\xc3\xaf': {} } });
    const result = told(to16(wiki, 'MOIN_SESSION="\\303\\274n\\303\\257"'));
    expect(result).toMatchObject({
      reason: 'anonymous-restored',
      cookie: { sessionId: idOfName('\xc3\xbcn\xc3\xaf') },
    });
  });

  it('one whose stored time is over is resumed, and its time put off', () => {
    const over = with_({ sessions: { [name]: { expires: NOW / 1000 - 7200 } } });
    expect(told(to16(over, `MOIN_SESSION=${name}`))).toMatchObject({
      reason: 'anonymous-restored',
      text: expect.stringMatching(/over 2 hours ago.*never looks at that until its clean-up runs/),
      writes: [{ action: 'update' }],
    });
  });

  it('the secret of a user as a name opens that session for a visitor', () => {
    expect(told(to16(WIKI, `MOIN_SESSION=${SECRET}`))).toMatchObject({
      user: null,
      reason: 'anonymous-restored',
      session: { kind: 'anonymous' },
      text: expect.stringContaining('the name is a secret of JaneDoe'),
    });
  });

  it.each([
    ['a name that leads out of the folder', '../x', 'malformed-cookie', 'path traversal'],
    ['an absolute path', '/etc/passwd', 'malformed-cookie', 'path traversal'],
    ['a name in a folder', 'a/b', 'malformed-cookie', 'path traversal'],
    ['a dot', '.', 'server-error', 'error 500'],
    ['two dots', '..', 'server-error', 'error 500'],
    ['nothing', '', 'server-error', 'error 500'],
    ['a NUL', '"a\\000b"', 'server-error', 'error 500'],
    ['246 bytes', 'x'.repeat(246), 'malformed-cookie', '245 bytes'],
    ['a megabyte', 'x'.repeat(1024 * 1024), 'malformed-cookie', '245 bytes'],
  ])('%s: is told, and never looked for', (_what, value, reason, text) => {
    expect(told(to16(WIKI, `MOIN_SESSION=${value}`))).toMatchObject({
      user: null,
      session: null,
      reason,
      cookie: { verdict: 'malformed', sessionId: null },
      text: expect.stringContaining(text),
    });
  });

  it('a name of 245 bytes is one', () => {
    expect(told(to16(WIKI, `MOIN_SESSION=${'x'.repeat(245)}`)).reason).toBe('anonymous-new');
  });

  it('the cookie of another program is said to be none of the wiki', () => {
    const own = `user.${'A'.repeat(43)}.${'B'.repeat(43)}`;
    expect(told(to16(WIKI, `MOIN_SESSION=${own}`)).text).toMatch(
      /a cookie of moin-sessions \(KIND\.TOKEN\.MAC\)/,
    );
    const express = `s%3A${'C'.repeat(32)}.${'D'.repeat(43)}`;
    expect(told(to16(WIKI, `MOIN_SESSION=${express}`)).text).toMatch(/a cookie of express-session/);
  });
});

describe('spec 8: simulate on 1.6: the header, the chain, the change of user', () => {
  it('no cookie, and cookies of other names', () => {
    expect(told(to16(WIKI, 'other=1; more=2'))).toMatchObject({
      reason: 'no-cookie',
      cookie: { verdict: 'absent' },
      otherCookies: ['other', 'more'],
      session: null,
    });
  });

  it('the last MOIN_SESSION counts, and it is noted', () => {
    const { notes, user } = told(to16(WIKI, `MOIN_SESSION=visitor; ${cookieOf()}`));
    expect(user?.name).toBe('JaneDoe');
    expect(notes).toEqual(['of the 2 cookies MOIN_SESSION this MoinMoin takes the last one']);
    expect(told(to16(WIKI, `${cookieOf()}; MOIN_SESSION=visitor`)).user).toBeNull();
  });

  it('several headers are joined with a comma: a name at the end of the first gets it', () => {
    const wiki = with_({ sessions: { 'fromfirst,': {} } });
    expect(told(to16(wiki, ['MOIN_SESSION=fromfirst', 'a=b'])).reason).toBe('anonymous-restored');
    expect(told(to16(WIKI, ['a=b', cookieOf()])).reason).toBe('restored');
  });

  it('an illegal cookie in front hides it', () => {
    expect(told(to16(WIKI, `foo[1]=x; ${cookieOf()}`))).toMatchObject({
      user: null,
      reason: 'malformed-cookie',
      cookie: { verdict: 'malformed' },
      text: expect.stringContaining('cookie number 1 of the header is illegal'),
    });
    expect(told(to16(WIKI, `${cookieOf()}; foo[1]=x`)).reason).toBe('restored');
  });

  it('moin_anon_session: in place of a refused cookie, of none, and not where there is a session', () => {
    const wiki = with_({ settings: { auth: ['moin_login', 'moin_session', 'moin_anon_session'] } });
    const last = (cookie: string) => {
      const { steps, setCookies, session } = to16(wiki, cookie).request;
      return { step: steps.at(-1), setCookies, session };
    };
    expect(last(cookieOf({ secidx: 8 }))).toMatchObject({
      step: {
        reason: 'cookie-set',
        effects: [expect.stringContaining('in place of the one that came'), expect.any(String)],
      },
      setCookies: [{ kind: 'anon', maxAge: 3600 }],
      session: { available: true, id: null, kind: 'anonymous', isNew: true },
    });
    expect(last('a=b')).toMatchObject({ step: { reason: 'cookie-set' }, setCookies: [{ kind: 'anon' }] });
    expect(last(cookieOf())).toMatchObject({
      step: { reason: 'already-available' },
      setCookies: [{ kind: 'user' }],
    });
  });

  it('a crash ends the chain: no later method, no cookie', () => {
    const wiki = with_({ settings: { auth: ['moin_session', 'moin_anon_session'] } });
    const { steps, setCookies } = to16(wiki, 'MOIN_SESSION=a:b').request;
    expect([steps.length, steps[0]?.continue, setCookies]).toEqual([1, false, []]);
  });

  it('a crash behind moin_anon_session: its cookie goes out with the error', () => {
    const wiki = with_({ settings: { auth: ['moin_anon_session', 'moin_session'] } });
    const { steps, setCookies } = to16(wiki, 'MOIN_SESSION=a:b').request;
    expect(steps.map(({ reason }) => reason)).toEqual(['cookie-set', 'server-error']);
    expect(setCookies).toMatchObject([{ kind: 'anon' }]);
  });

  it('what it takes for granted without settings is noted', () => {
    const { notes, answerNotes, request } = to16({ ...WIKI, settings: {} }, cookieOf());
    expect(request.steps.map(({ method }) => method)).toEqual(['moin_login', 'moin_session']);
    expect([...notes, ...answerNotes]).toEqual([
      expect.stringContaining("'auth' is taken to be moin_login, moin_session"),
      expect.stringContaining('cookie_lifetime is taken to be 12 hours'),
    ]);
    const methods = to16({ ...WIKI, settings: { anonymous_cookie_lifetime: 1 } }, '').request.steps;
    expect(methods.at(-1)).toMatchObject({ method: 'moin_anon_session', reason: 'cookie-set' });
  });

  it('a chain without moin_session, in another order, or with methods of its own', () => {
    const run = (auth: string[]) => to16(with_({ settings: { auth } }), cookieOf());
    expect(run(['moin_login'])).toMatchObject({
      request: { user: null },
      notes: [expect.stringContaining('no moin_session')],
    });
    expect(run(['moin_anon_session', 'moin_session']).notes).toEqual([
      expect.stringContaining('an anonymous cookie in front of every answer'),
    ]);
    expect(run(['ldap', 'moin_session']).request.steps[0]).toMatchObject({
      method: 'ldap',
      reason: 'not-simulated',
    });
  });

  it('without its folder of users every id counts, and it is noted', () => {
    const result = to16(with_({ hasUsers: false }), cookieOf());
    expect(result.notes).toEqual([expect.stringContaining("folder of the wiki's users is not there")]);
  });

  describe('a change of user', () => {
    const acting = (setuid: string, more: FakeWiki = {}) =>
      with_({ sessions: { [SECRET]: { setuid }, visitor: { setuid } }, ...more });
    const setuid = ({ request }: WikiSimulation) => request.steps.find(({ method }) => method === 'setuid');

    it('is in force, and the real user stays in the trace', () => {
      const result = to16(acting(ANNA, { settings: { superuser: ['JaneDoe'] } }), cookieOf());
      expect(result.request.user).toEqual({ id: ANNA, name: 'АннаКаренина', method: 'setuid' });
      expect(setuid(result)).toMatchObject({
        reason: 'acting-as',
        userBefore: { name: 'JaneDoe' },
        text: 'JaneDoe acts as АннаКаренина',
      });
    });

    it('stays in force for one who is no superuser any more, and even for a visitor', () => {
      const demoted = to16(acting(ANNA, { settings: { superuser: ['Boss'] } }), cookieOf());
      expect(demoted.request.user?.name).toBe('АннаКаренина');
      expect(setuid(demoted)?.text).toMatch(/no superuser any more.*no way back/);
      const visitor = to16(acting(ANNA), 'MOIN_SESSION=visitor');
      expect(visitor.request.user?.name).toBe('АннаКаренина');
      expect(setuid(visitor)?.text).toMatch(/never asks who changed the user/);
    });

    it('to somebody who is gone or disabled: nobody', () => {
      for (const users of [
        { [JANE]: { name: 'JaneDoe' } },
        { ...WIKI.users, [ANNA]: { name: 'A', disabled: true } },
      ]) {
        const result = to16(acting(ANNA, { users }), cookieOf());
        expect(result.request.user).toBeNull();
        expect(setuid(result)).toMatchObject({ reason: 'refused-user' });
      }
    });

    it('does not make a disabled superuser valid', () => {
      const users = { [JANE]: { name: 'JaneDoe', disabled: true }, [ANNA]: { name: 'Anna' } };
      expect(to16(acting(ANNA, { users }), cookieOf()).request.user).toBeNull();
    });
  });
});

describe('spec 7: nothing secret is told', () => {
  it('no secret, no value of a cookie and no name of a file is in the result', () => {
    const names = ['visitor-of-sixteen', '../out', `user.${'A'.repeat(43)}.${'B'.repeat(43)}`];
    const cookies = [
      cookieOf(),
      cookieOf({ secidx: 8 }),
      cookieOf({ secret: '', secidx: 9 }),
      cookieOf({ expires: 1 }),
      `MOIN_SESSION=${SECRET}`,
      ...names.map((name) => `MOIN_SESSION=${name}`),
      `foo[1]=x; MOIN_SESSION=${names[0]}`,
    ];
    for (const cookie of cookies) {
      const text = JSON.stringify(to16(WIKI, cookie));
      for (const hidden of [SECRET, ...names, /[0-9a-f]{32}:/.exec(cookie)?.[0], 'MTc5NTM5'])
        expect(text, cookie).not.toContain(hidden ?? 'no hash in this one');
    }
  });
});

describe('hostile headers cost little', () => {
  it.each([
    ['10,000 cookies', 'a=b; '.repeat(10_000) + cookieOf()],
    ['10,000 session cookies', 'MOIN_SESSION=x; '.repeat(10_000) + cookieOf()],
    ['a megabyte of fields', `MOIN_SESSION="${signedValue({ body: `${'a=:'.repeat(300_000)}id=` })}"`],
    ['a megabyte of colons', `MOIN_SESSION="${':'.repeat(1024 * 1024)}"`],
    ['a megabyte of base64', cookieOf({ body: `id=${'A'.repeat(1024 * 1024)}:expires=1:secidx=1` })],
    ['bytes', Buffer.from(Array.from({ length: 300_000 }, (_, n) => n % 256)).toString('latin1')],
  ])('%s', (_what, cookie) => {
    const start = performance.now();
    const { request } = to16(WIKI, cookie);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(JSON.stringify(request).length).toBeLessThan(100_000);
  });
});
