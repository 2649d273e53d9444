import { describe, expect, it } from 'vitest';
import { type AuthRequest, createSessions, remoteUser } from '../../../src/index.js';
import { SECRET } from '../../aid/site.js';
import { TestUsers } from '../../aid/users.js';
import { WatchedStore } from '../../aid/watched-store.js';

function site(options: Parameters<typeof remoteUser>[0], users?: TestUsers) {
  const auth = [remoteUser(options), 'moin_session' as const];
  return createSessions({ store: new WatchedStore(), secrets: SECRET, auth, ...(users && { users }) });
}

async function outcome(
  sessions: ReturnType<typeof site>,
  remoteAddress: string | undefined,
  header: string | string[] = 'alice',
) {
  const visit = await sessions.begin({ remoteAddress, headers: { 'x-remote-user': header } });
  return [visit.user?.name ?? null, visit.trace[0]?.reason];
}

describe('remote_user', () => {
  const sessions = site({ trusted: ['10.0.0.0/8', '192.168.1.7', '2001:db8::/32', '::1'] });

  it.each(['10.1.2.3', '192.168.1.7', '::ffff:10.1.2.3', '::ffff:0a01:0203', '2001:db8:1::1', '::1'])(
    'a name from the trusted address %s counts',
    async (address) => expect(await outcome(sessions, address)).toEqual(['alice', 'accepted']),
  );

  it.each(['11.0.0.1', '192.168.1.8', '::ffff:11.0.0.1', '2001:db9::1', 'not an address', '', undefined])(
    'a name from %s means nothing',
    async (address) => expect(await outcome(sessions, address)).toEqual([null, 'untrusted-address']),
  );

  it('without a directory the name is the id', async () => {
    const { user } = await sessions.begin({ remoteAddress: '::1', headers: { 'x-remote-user': 'alice' } });
    expect(user).toEqual({ id: 'alice', name: 'alice', method: 'remote_user' });
  });

  it('with a directory the user must be in it, and not disabled', async () => {
    const users = new TestUsers();
    users.add('alice', '1');
    users.disable('bob');
    const withUsers = site({ trusted: ['::1'] }, users);
    const visit = await withUsers.begin({ remoteAddress: '::1', headers: { 'x-remote-user': 'alice' } });
    expect(visit.user).toEqual({ id: '1', name: 'alice', method: 'remote_user' });
    expect(await outcome(withUsers, '::1', 'mallory')).toEqual([null, 'unknown-user']);
    expect(await outcome(withUsers, '::1', 'bob')).toEqual([null, 'disabled-user']);
  });

  it('an empty name, the (null) of Apache, or several fields name nobody', async () => {
    for (const header of ['', '(null)', ['alice', 'root']])
      expect(await outcome(sessions, '::1', header)).toEqual([null, 'no-remote-user']);
  });

  it('UTF-8, which Node reads as Latin-1, becomes what it was; Latin-1 stays', async () => {
    const sent = Buffer.from('Zoë').toString('latin1');
    expect(await outcome(sessions, '::1', sent)).toEqual(['Zoë', 'accepted']);
    expect(await outcome(sessions, '::1', 'Zoë')).toEqual(['Zoë', 'accepted']);
  });

  it('a name whose last byte in UTF-8 is A0 is whole; spaces and tabs around it are none of it', async () => {
    for (const name of ['voilà', 'àà', '人\u3000名']) {
      const sent = Buffer.from(name).toString('latin1');
      expect(await outcome(sessions, '::1', ` \t${sent}\t `)).toEqual([name, 'accepted']);
    }
    expect(await outcome(sessions, '::1', ' \t ')).toEqual([null, 'no-remote-user']);
  });

  it('the name may come from another header, or from a function', async () => {
    const headers = { 'X-Forwarded-User': 'alice' };
    const byHeader = site({ trusted: ['::1'], from: 'X-Forwarded-User' });
    expect((await byHeader.begin({ remoteAddress: '::1', headers })).user?.name).toBe('alice');
    const from = ({ url }: AuthRequest) => new URL(url, 'http://x').searchParams.get('u') ?? undefined;
    const byFunction = site({ trusted: ['::1'], from });
    expect((await byFunction.begin({ remoteAddress: '::1', url: '/?u=alice' })).user?.name).toBe('alice');
    expect((await byFunction.begin({ remoteAddress: '::2', url: '/?u=alice' })).user).toBeNull();
  });

  it('without a list of proxies, with a wrong one, or all of them: a configuration error', () => {
    expect(() => createSessions({ auth: ['remote_user'] })).toThrow("trusted: ['127.0.0.1']");
    expect(() => remoteUser({ trusted: [] })).toThrow('remote_user needs the addresses');
    expect(() => remoteUser({ trusted: true as never })).toThrow('remote_user needs the addresses');
    expect(() => remoteUser({ trusted: ['10.0.0.0/33'] })).toThrow(
      '"10.0.0.0/33" is neither an IP address nor',
    );
  });
});
