import { beforeEach, describe, expect, it } from 'vitest';
import { basicChallenge, createSessions, httpBasic, moinSession } from '../../../src/index.js';
import type { Sessions } from '../../../src/sessions.js';
import { SECRET } from '../../aid/site.js';
import { TestUsers } from '../../aid/users.js';
import { WatchedStore } from '../../aid/watched-store.js';

let users: TestUsers;
let sessions: Sessions;

beforeEach(() => {
  users = new TestUsers();
  users.add('alice', '1');
  users.disable('bob');
  sessions = siteWith(httpBasic());
});

function siteWith(method: ReturnType<typeof httpBasic>): Sessions {
  return createSessions({ store: new WatchedStore(), users, secrets: SECRET, auth: [method, moinSession()] });
}

function basic(pair: string, scheme = 'Basic'): string {
  return `${scheme} ${Buffer.from(pair).toString('base64')}`;
}

async function outcome(authorization: string | undefined, on = sessions) {
  const visit = await on.begin({ headers: { authorization } });
  return { user: visit.user?.name ?? null, reason: visit.trace[0]?.reason, response: visit.response };
}

describe('http_basic (RFC 7617)', () => {
  it('right credentials establish the user, as established by it', async () => {
    const visit = await sessions.begin({ headers: { authorization: basic('alice:alice') } });
    expect(visit.user).toEqual({ id: '1', name: 'alice', method: 'http_basic' });
  });

  it('the scheme is case-insensitive, and header names of requests written by hand are too', async () => {
    expect(await outcome(basic('alice:alice', 'bASIC'))).toMatchObject({ user: 'alice' });
    const visit = await sessions.begin({ headers: { Authorization: basic('alice:alice') } });
    expect(visit.user?.name).toBe('alice');
  });

  it('UTF-8, and a password with colons; the name ends at the first one', async () => {
    users.add('Zoë');
    expect(await outcome(basic('Zoë:Zoë'))).toMatchObject({ user: 'Zoë' });
    users.add(':x');
    users.verifyPassword = async (_user, password) => password === 'a:b:';
    expect(await outcome(basic('alice:a:b:'))).toMatchObject({ user: 'alice' });
  });

  it.each([
    ['no header', undefined, 'no-credentials'],
    ['another scheme', 'Bearer abc', 'no-credentials'],
    ['a scheme that only begins so', 'Basically abc', 'no-credentials'],
    ['nothing behind the scheme', 'Basic', 'malformed-credentials'],
    ['no base64', 'Basic ä!', 'malformed-credentials'],
    ['base64url', 'Basic a-_b', 'malformed-credentials'],
    ['no colon', basic('alice'), 'malformed-credentials'],
    ['no name', basic(':alice'), 'malformed-credentials'],
    ['a control character', basic('ali\u0000ce:alice'), 'malformed-credentials'],
    ['no UTF-8', `Basic ${Buffer.from([0xff, 0x3a, 0x61]).toString('base64')}`, 'malformed-credentials'],
    ['far too long', basic(`alice:${'x'.repeat(10_000)}`), 'malformed-credentials'],
  ])('%s establishes nobody and costs no check of a password', async (_what, header, reason) => {
    expect(await outcome(header)).toEqual({ user: null, reason, response: null });
    expect(users.checks).toBe(0);
  });

  it.each([
    ['a wrong password', 'alice:wrong'],
    ['an unknown name', 'nobody:x'],
    ['a disabled user', 'bob:bob'],
  ])('%s is rejected, after one check all the same', async (_what, pair) => {
    expect(await outcome(basic(pair))).toEqual({ user: null, reason: 'rejected', response: null });
    expect(users.checks).toBe(1);
  });

  it('wrong credentials do not take away a user whom another method established', async () => {
    users.add('Zoë: no', '3');
    const known = {
      name: 'known',
      authenticate: () => ({ user: { id: '3', name: 'Zoë: no' }, continue: true }),
    };
    const auth = [known, httpBasic(), moinSession()];
    const site = createSessions({ store: new WatchedStore(), users, secrets: SECRET, auth });
    const visit = await site.begin({ headers: { authorization: basic('alice:wrong') } });
    expect(visit.user?.name).toBe('Zoë: no');
    expect(visit.trace[1]?.reason).toBe('already-established');
  });

  it('with a realm, wrong credentials are answered with a challenge, and missing ones are not', async () => {
    const site = siteWith(httpBasic({ realm: 'The "Wiki"' }));
    const { response } = await outcome(basic('alice:wrong'), site);
    expect(response?.status).toBe(401);
    expect(response?.headers['www-authenticate']).toBe('Basic realm="The \\"Wiki\\"", charset="UTF-8"');
    expect((await outcome('Basic !', site)).response?.status).toBe(401);
    expect((await outcome(undefined, site)).response).toBeNull();
    expect((await outcome(basic('alice:alice'), site)).response).toBeNull();
  });

  it('a realm that no header can hold, or no user directory, is a configuration error', () => {
    expect(() => basicChallenge('a\nb')).toThrow('realm');
    expect(() => createSessions({ auth: ['http_basic'] })).toThrow(
      "http_basic needs a user directory: set the option 'users'",
    );
  });
});
