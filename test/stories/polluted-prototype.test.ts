import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionRecord } from '../../src/index.js';
import { createSessions, remoteUser, sslClientCert } from '../../src/index.js';
import { withSessions as withFetch } from '../../src/web/fetch.js';
import { withSessions } from '../../src/web/node.js';
import { makeSite, SECRET, type Site } from '../aid/site.js';
import { listen, type Running } from '../aid/web/listen.js';

/** Another library's hole: what a stranger's JSON says of `__proto__` is on every object while `work` runs. */
async function polluted<T>(fields: Record<string, unknown>, work: () => Promise<T>): Promise<T> {
  for (const [key, value] of Object.entries(fields)) {
    // Not enumerable: assertions of the test runner look at all that is.
    Object.defineProperty(Object.prototype, key, { value, configurable: true, writable: true });
  }
  try {
    return await work();
  } finally {
    for (const key of Object.keys(fields)) Reflect.deleteProperty(Object.prototype, key);
  }
}

let site: Site;

beforeEach(() => {
  site = makeSite({ auth: ['moin_login', 'moin_session', 'moin_anon_session'] });
  site.users.add('alice', '1');
});

async function login(name = 'alice'): Promise<string> {
  const form = { login: true, name, password: name };
  const visit = await site.sessions.begin({ method: 'POST', form });
  return ((await visit.commit())['set-cookie'] as string).split(';')[0] as string;
}

async function visit(cookie?: string) {
  const visit = await site.sessions.begin({ url: '/', headers: cookie === undefined ? {} : { cookie } });
  return { visit, headers: await visit.commit() };
}

const CREDENTIALS = { login: true, name: 'alice', password: 'alice' };
const ANSWER = { status: 200, headers: {}, body: 'planted' };

describe('spec 3: what stands on Object.prototype is nobody’s request', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a login form', CREDENTIALS],
    ['a request’s form', { form: CREDENTIALS }],
    ['a logout', { logout: true, form: { logout: true } }],
    ['a disabled user', { disabled: true }],
    ['a method’s answer', { response: ANSWER, values: [['planted', 1]], loginRejected: true, reason: 'x' }],
    ['an established user', { user: { id: '1', name: 'alice' }, method: 'x', valid: false }],
    ['another record', { tombstone: { reason: 'logout', at: 0, until: 8e15 }, prefix: 'ff', past: true }],
  ])('%s', async (_name, fields) => {
    const cookie = await login();
    const seen = await polluted(fields, async () => [await visit(), await visit(cookie)] as const);
    const [stranger, alice] = seen.map(({ visit: { user, response, session } }) => ({
      user: user?.name ?? null,
      response,
      planted: session.get('planted'),
    }));
    expect(stranger).toEqual({ user: null, response: null, planted: undefined });
    expect(alice).toEqual({ user: 'alice', response: null, planted: undefined });
    expect((await visit(cookie)).visit.user?.name).toBe('alice');
  });

  it('a cookie, in a request that has none', async () => {
    const cookie = await login();
    const { visit: stranger } = await polluted({ cookie }, () => visit());
    expect(stranger.user).toBeNull();
  });

  it('a login without "remember me" is one', async () => {
    const cookie = await polluted({ rememberMe: true }, () => login());
    const { session } = (await visit(cookie)).visit;
    expect((await site.store.find(session.id as string))?.remember).toBe(false);
  });

  it('a Set-Cookie or Vary, in a commit that has none', async () => {
    const cookie = await login();
    const { headers } = await visit(cookie);
    const seen = await polluted({ 'set-cookie': 'x=1', vary: '*' }, async () => headers['set-cookie']);
    expect(seen).toBeUndefined();
  });

  it('HTTPS, a trusted address and a name from a proxy; a client certificate', async () => {
    const planted = {
      secure: true,
      remoteAddress: '127.0.0.1',
      'x-remote-user': 'alice',
      clientCertificate: { authorized: true, subject: { CN: 'alice' } },
    };
    const auth = [remoteUser({ trusted: ['127.0.0.1'] }), sslClientCert(), 'moin_session' as const];
    const sessions = createSessions({ store: site.store, secrets: SECRET, users: site.users, auth });
    const handler = withFetch(sessions, (_request, { user }) => new Response(user?.name ?? 'nobody'));
    const own = new Request('http://x/', { headers: { 'x-remote-user': 'alice' } });
    for (const request of [new Request('http://x/'), own]) {
      const response = await polluted(planted, () => handler(request));
      expect(await response.text()).toBe('nobody');
    }
  });
});

describe('spec 5: what stands on Object.prototype is no option and no condition', () => {
  it('of createSessions', async () => {
    const sessions = await polluted({ cookieName: 'PLANTED', auth: [], onLimit: 'x' }, async () =>
      createSessions({ store: site.store, secrets: SECRET, users: site.users }),
    );
    const begun = await sessions.begin({ method: 'POST', form: CREDENTIALS });
    expect((await begun.commit())['set-cookie']).toMatch(/^MOIN_SESSION=user\./);
  });

  it('of expire, purge, endUser and list', async () => {
    await login();
    const { sessions } = site;
    const planted = { all: true, userId: 'nobody', ids: [], kind: 'anonymous', hasKey: 'x', dryRun: true };
    const done = await polluted(planted, async () => {
      let listed = 0;
      for await (const _session of sessions.list({ state: 'active' })) listed++;
      const empty = [sessions.expire({}), sessions.purge({})].map((end) => end.catch((error) => error.name));
      return { listed, empty: await Promise.all(empty), ended: await sessions.endUser('1') };
    });
    expect(done).toMatchObject({
      listed: 1,
      empty: ['TypeError', 'TypeError'],
      ended: { expired: 1, dryRun: false },
    });
    await login();
    const filter = { userName: 'alice', state: 'active' } as const;
    expect((await polluted(planted, () => sessions.expire(filter))).expired).toBe(1);
    expect((await polluted(planted, () => sessions.purge({ state: 'expired' }))).removed).toBe(2);
  });
});

describe('spec 2: what stands on Object.prototype is in no record', () => {
  it.each([
    { reason: 'planted', text: 'planted', client: { address: 'x', userAgent: 'planted', url: null } },
    { reason: 5, text: 5, client: 5 },
  ])('a session that was ended without a reason, in a record from before: %o', async (planted) => {
    const cookie = await login();
    const [record] = await site.records();
    const id = record?.id ?? '';
    await site.sessions.expire([id]);
    const { client: _, ...before } = (await site.store.find(id)) as SessionRecord;
    site.store.putBytes(id, JSON.stringify(before));
    const seen = await polluted(planted, async () => ({
      info: await site.sessions.get(id),
      trace: (await visit(cookie)).visit.trace,
    }));
    expect(seen.info).toMatchObject({
      state: 'expired',
      endedBy: 'administrator',
      endReason: null,
      address: null,
    });
    expect(seen.trace.find(({ method }) => method === 'moin_session')?.reason).toBe('refused-expired');
    expect(JSON.stringify(seen)).not.toContain('planted');
  });
});

describe('an adapter on Node’s server', () => {
  let running: Running;
  afterEach(() => running.close());

  it('takes neither a session, nor a cookie, nor options from Object.prototype', async () => {
    const cookie = await login();
    const planted = { cookie, session: 1, visit: 1, onError: 1, loginPaths: 1, form: CREDENTIALS };
    const listener = await polluted(planted, async () =>
      withSessions(site.sessions, ({ visit }, response) => response.end(visit.user?.name ?? 'nobody')),
    );
    running = await listen(
      createServer((request, response) => {
        void polluted(planted, async () => {
          const over = new Promise((done) => response.once('close', done));
          listener(request, response);
          await over;
        });
      }),
    );
    expect(await (await fetch(running.origin)).text()).toBe('nobody');
    expect(await (await fetch(running.origin, { headers: { cookie } })).text()).toBe('alice');
  });
});
