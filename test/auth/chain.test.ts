import { describe, expect, it } from 'vitest';
import type { AuthMethod, AuthUser, Known } from '../../src/auth/method.js';
import { ConfigurationError } from '../../src/base/errors.js';
import { createSessions } from '../../src/sessions.js';
import { MemoryStore } from '../../src/store/memory.js';
import { byHeader, makeSite, SECRET } from '../aid/site.js';

const AS_ALICE = { headers: { 'x-user': 'alice' } };
const LOGIN = { form: { login: true, name: 'alice', password: 'alice' } };

function method(name: string, authenticate: AuthMethod['authenticate']): AuthMethod {
  return { name, authenticate };
}

const veto = method('veto', () => ({ user: null, continue: true }));
const pass = method('pass', (_, { user }) => ({ user, continue: true }));

describe('the auth chain (spec 3)', () => {
  it('each method gets the request and what is known so far', async () => {
    const seen: Known[] = [];
    const watch = method('watch', (_, known) => {
      seen.push(known);
      return { user: known.user, continue: true };
    });
    const site = makeSite({ auth: [byHeader, watch] });
    await site.sessions.begin({
      headers: { 'x-user': 'alice', cookie: 'a=1; a=2; b=3' },
      form: { login: true, logout: false, name: 'n', password: 'p' },
    });
    expect(seen[0]).toMatchObject({ name: 'n', password: 'p', login: true, logout: false });
    expect(seen[0]?.user).toEqual({ id: 'u-alice', name: 'alice', method: 'by_header', valid: true });
    expect([...(seen[0]?.cookies ?? [])]).toEqual(
      expect.arrayContaining([
        ['a', '1'],
        ['b', '3'],
      ]),
    );
    expect(seen[0]?.cookies.size).toBe(2);
  });

  it('continue: false ends it', async () => {
    const stop = method('stop', (_, { user }) => ({ user, continue: false }));
    const site = makeSite({ auth: [byHeader, stop, veto, 'moin_session'] });
    const visit = await site.sessions.begin(AS_ALICE);
    expect(visit.user?.name).toBe('alice');
    expect(visit.trace.map((step) => step.method)).toEqual(['by_header', 'stop']);
    expect(visit.session.available).toBe(false);
  });

  it('a user may be exchanged for another one', async () => {
    const toBob = method('to_bob', () => ({ user: { id: 'u-bob', name: 'bob' }, continue: true }));
    const visit = await makeSite({ auth: [byHeader, toBob] }).sessions.begin(AS_ALICE);
    expect(visit.user).toEqual({ id: 'u-bob', name: 'bob', method: 'to_bob' });
    expect(visit.trace.map(({ reason }) => reason)).toEqual(['accepted', 'accepted']);
  });

  it('a veto in front of moin_session: nobody is logged in, neither by a login nor by the cookie', async () => {
    const site = makeSite({ auth: ['moin_login', 'moin_session'] });
    const browser = site.browser();
    await browser.logIn('alice');
    const before = await site.records();
    const strict = makeSite({ store: site.store, auth: [byHeader, 'moin_login', veto, 'moin_session'] });
    for (const request of [AS_ALICE, LOGIN]) {
      const headers = { ...(request as typeof AS_ALICE).headers, cookie: `MOIN_SESSION=${browser.cookie}` };
      const visit = await strict.sessions.begin({ ...request, headers });
      expect(visit.user).toBeNull();
      expect(visit.session.available).toBe(false);
      expect((await visit.commit())['set-cookie']).toBeUndefined();
    }
    expect(await site.records()).toEqual(before);
  });

  it('a veto behind a login: nobody is logged in, nothing is written, no cookie is set', async () => {
    const site = makeSite({ auth: ['moin_login', 'moin_session', veto] });
    const { user, session, headers } = await site.browser().visit(LOGIN, (own) => own.set('a', 1));
    expect(user).toBeNull();
    expect(session.available).toBe(false);
    expect(headers['set-cookie']).toBeUndefined();
    expect(await site.records()).toEqual([]);
  });

  it("a veto behind a restored session: the user's data are not handed out", async () => {
    const site = makeSite({ auth: ['moin_login', 'moin_session'] });
    const browser = site.browser();
    await browser.logIn('alice');
    await browser.visit({}, (session) => session.set('secret', 'x'));
    const strict = makeSite({ store: site.store, auth: ['moin_session', veto] });
    const visit = await strict.sessions.begin({ headers: { cookie: `MOIN_SESSION=${browser.cookie}` } });
    expect(visit.user).toBeNull();
    expect(visit.session.has('secret')).toBe(false);
  });

  it('a veto behind a new session under a new token: the cookie for it is not sent', async () => {
    const site = makeSite({ auth: ['moin_login', byHeader, 'moin_session', 'moin_anon_session'] });
    const browser = site.browser();
    await browser.logIn('alice');
    const strict = makeSite({ store: site.store, auth: [byHeader, 'moin_session', veto] });
    const headers = { 'x-user': 'bob', cookie: `MOIN_SESSION=${browser.cookie}` };
    const visit = await strict.sessions.begin({ headers });
    expect(visit.trace[1]?.reason).toBe('refused-other-user');
    expect(visit.session.available).toBe(false);
    expect((await visit.commit())['set-cookie']).toBeUndefined();
  });

  it('another user behind it gets no session of the one before', async () => {
    const toBob = method('to_bob', () => ({ user: { id: 'u-bob', name: 'bob' }, continue: true }));
    const site = makeSite({ auth: ['moin_login', 'moin_session', toBob] });
    const { user, session } = await site.browser().visit(LOGIN, (own) => own.set('a', 1));
    expect(user).toBe('bob');
    expect(session.available).toBe(false);
    expect(await site.records()).toEqual([]);
  });

  it('a method that passes on keeps the user as valid or invalid as before', async () => {
    const site = makeSite({ auth: ['moin_login', 'moin_session', pass] });
    const browser = site.browser();
    expect((await browser.logIn('alice')).user).toBe('alice');
    expect((await browser.logOut()).user).toBeNull();
  });

  it('a method that establishes a user after a veto or a refused form lifts it', async () => {
    const site = makeSite({ auth: ['moin_login', byHeader, veto, byHeader, 'moin_session'] });
    const form = { login: true, name: 'alice', password: 'wrong' };
    const { user, reasons } = await site.browser().visit({ ...AS_ALICE, form });
    expect(user).toBe('alice');
    expect(reasons.moin_session).toBe('login');
  });

  it('a veto stands when a later method refuses the login as well', async () => {
    const seen: boolean[] = [];
    const refuse = method('refuse', (_, { user }) => ({ user, continue: true, loginRejected: true }));
    const look = method('look', (_, { user, vetoed }) => {
      seen.push(vetoed);
      return { user, continue: true };
    });
    await makeSite({ auth: [byHeader, veto, refuse, look] }).sessions.begin(AS_ALICE);
    expect(seen).toEqual([true]);
  });

  it('one that only passes the user on lifts nothing', async () => {
    const site = makeSite({ auth: [byHeader, 'moin_login', pass, 'moin_session'] });
    const form = { login: true, name: 'alice', password: 'wrong' };
    const { reasons } = await site.browser().visit({ ...AS_ALICE, form });
    expect(reasons.moin_session).toBe('login-failed');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])(
    'a method that %s ends the request: nobody is logged in, nothing is saved, the error comes out',
    async (_, fail) => {
      const site = makeSite({ auth: ['moin_login', 'moin_session', method('broken', fail)] });
      await expect(site.sessions.begin(LOGIN)).rejects.toThrow('broken');
      expect(await site.records()).toEqual([]);
    },
  );

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 1],
    ['a promise of nothing', Promise.resolve()],
    ['no user', { continue: true }],
    ['no continue', { user: null }],
    ['continue as text', { user: null, continue: 'yes' }],
    ['a user that is a text', { user: 'alice', continue: true }],
    ['a user without name', { user: { id: '1' }, continue: true }],
    ['an id that is a number', { user: { id: 1, name: 'alice' }, continue: true }],
    ['an empty id', { user: { id: '', name: 'alice' }, continue: true }],
    ['an empty name', { user: { id: '1', name: '' }, continue: true }],
  ])('a method that returns %s is named, with the remedy', async (_, result) => {
    const site = makeSite({ auth: [method('odd', () => result as never), 'moin_session'] });
    const begun = site.sessions.begin({});
    await expect(begun).rejects.toThrow(ConfigurationError);
    await expect(begun).rejects.toThrow('auth method odd must return {user, continue}');
  });

  it('the error about an answer says what the method returned', async () => {
    const user = { id: 7, name: 'alice', passwordHash: 'secret' } as never;
    const begun = makeSite({ auth: [method('odd', () => ({ user, continue: true }))] }).sessions.begin({});
    await expect(begun).rejects.toThrow(/; here id is 7, name "alice", continue true$/);
  });

  it('a chain with no session method is legal: the session is never available', async () => {
    const site = makeSite({ auth: [byHeader, 'moin_login'] });
    const browser = site.browser();
    for (const request of [LOGIN, AS_ALICE, {}]) {
      const { session, headers } = await browser.visit(request, (own) => own.set('a', 1));
      expect(session.available).toBe(false);
      expect(headers['set-cookie']).toBeUndefined();
    }
    expect(site.store.newCalls()).toEqual([]);
  });

  it('anonymous visitors without moin_session have none either', async () => {
    const site = makeSite({ auth: ['moin_anon_session'] });
    expect((await site.browser().visit()).session.available).toBe(false);
  });
});

describe("a method's own session (spec 3)", () => {
  class OwnSession extends Map<string, unknown> {
    id = 'own';
    kind = 'user' as const;
    available = true;
    isNew = false;
    expires = new Date(0);
    saves = 0;
    toJSON() {
      return {};
    }
    async save() {
      this.saves += 1;
      return 'saved' as const;
    }
    take() {}
    async reload() {
      return true;
    }
    async destroy() {}
    async rotate() {}
    async update() {
      return 1;
    }
  }

  it('replaces that of moin_session, and is saved by commit', async () => {
    const own = new OwnSession();
    const replace = method('own', (request, { user }) => {
      request.session = own as never;
      return { user, continue: true };
    });
    const site = makeSite({ auth: [replace, 'moin_anon_session'] });
    const visit = await site.sessions.begin({});
    expect(visit.session).toBe(own);
    expect((await visit.commit())['set-cookie']).toBeUndefined();
    expect(own.saves).toBe(1);
    expect(visit.trace.at(-1)?.reason).toBe('already-available');
  });

  it('one that does not follow the interface is refused, naming what it lacks', async () => {
    const lacking = method('lacking', (request, { user }) => {
      request.session = new Map() as never;
      return { user, continue: true };
    });
    const begun = makeSite({ auth: [lacking] }).sessions.begin({});
    await expect(begun).rejects.toThrow(
      'auth method lacking put a session on the request that lacks take, toJSON, save, reload, destroy, rotate, update, id, kind, available, isNew, expires: follow the Session interface',
    );
  });
});

describe('log', () => {
  it('reports, changes nothing, and shows neither password nor cookie nor query', async () => {
    const { log } = await import('../../src/auth/methods/log.js');
    const lines: string[] = [];
    const sessions = createSessions({
      store: new MemoryStore(),
      secrets: SECRET,
      auth: [byHeader, log({ write: (line) => lines.push(line) })],
    });
    const visit = await sessions.begin({
      ...AS_ALICE,
      url: '/login?token=s3cret\n',
      headers: { ...AS_ALICE.headers, cookie: 'MOIN_SESSION=s3cret' },
      form: { name: 'alice', password: 's3cret' },
      remoteAddress: '192.0.2.1',
    });
    expect(visit.user?.name).toBe('alice');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toBe(
      'moin-sessions: {"method":"GET","path":"/login","address":"192.0.2.1","user":"alice","valid":true,"login":false,"logout":false,"session":null}',
    );
  });
});

describe('an invalid user', () => {
  it('who comes from a method of the application is nobody, and no session is theirs', async () => {
    const invalid: AuthUser = { id: 'u-alice', name: 'alice', method: 'x', valid: false };
    const site = makeSite({ auth: [method('x', () => ({ user: invalid, continue: true })), 'moin_session'] });
    const { user, session } = await site.browser().visit(LOGIN);
    expect(user).toBeNull();
    expect(session.available).toBe(false);
    expect(await site.records()).toEqual([]);
  });
});
