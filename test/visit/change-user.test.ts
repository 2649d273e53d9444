import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  ChangeUserError,
  ConfigurationError,
  changeBack,
  changeUser,
  createSessions,
  MemoryStore,
  type SessionEvent,
  type Sessions,
  StoreError,
} from '../../src/index.js';
import { TestUsers } from '../aid/users.js';

describe('change of user (spec 5)', () => {
  let sessions: Sessions;
  let store: MemoryStore;
  let users: TestUsers;
  let cookie: string;
  let told: SessionEvent[];

  beforeEach(async () => {
    users = new TestUsers();
    users.add('AdminUser', '1');
    users.add('JaneDoe', '2');
    users.add('JoeDoe', '3');
    store = new MemoryStore();
    sessions = createSessions({
      store,
      users,
      secrets: 's'.repeat(32),
      superuser: ['AdminUser'],
    });
    told = [];
    sessions.on('setuid', (event) => told.push(event));
    cookie = await logIn('AdminUser');
  });

  async function logIn(name: string): Promise<string> {
    const visit = await sessions.begin({
      headers: { cookie: cookie ?? '' },
      form: { login: true, name, password: name },
    });
    return String((await visit.commit())['set-cookie']).split(';')[0] ?? '';
  }

  const visit = () => sessions.begin({ headers: { cookie } });

  async function switchTo(name: string): Promise<void> {
    const switching = await visit();
    await changeUser(switching, name);
    await switching.commit();
  }

  test('lasts over requests; the real user stays known', async () => {
    const switching = await visit();
    await changeUser(switching, 'JaneDoe');
    expect(switching.user).toEqual({ id: '2', name: 'JaneDoe', method: 'setuid' });
    expect(switching.realUser?.name).toBe('AdminUser');
    await switching.commit();
    const next = await visit();
    expect(next.user?.name).toBe('JaneDoe');
    expect(next.realUser?.name).toBe('AdminUser');
  });

  test('changing back works, and both directions are told', async () => {
    await switchTo('JaneDoe');
    const back = await visit();
    await changeBack(back);
    expect(back.user?.name).toBe('AdminUser');
    await back.commit();
    expect((await visit()).user?.name).toBe('AdminUser');
    expect(told.map(({ user, reason }) => [user, reason])).toEqual([
      ['AdminUser', 'from AdminUser to JaneDoe'],
      ['AdminUser', 'from JaneDoe to AdminUser'],
    ]);
  });

  test('a superuser who has changed may change on, by right of who they really are', async () => {
    await switchTo('JaneDoe');
    await switchTo('JoeDoe');
    expect((await visit()).user?.name).toBe('JoeDoe');
  });

  test('changing to oneself is changing back', async () => {
    await switchTo('JaneDoe');
    await switchTo('AdminUser');
    const next = await visit();
    expect(next.user).toEqual(next.realUser);
    expect(next.session.has('setuid')).toBe(false);
  });

  test('only superusers may, and nothing is stored of the attempt', async () => {
    cookie = await logIn('JaneDoe');
    const attempt = await visit();
    await expect(changeUser(attempt, 'AdminUser')).rejects.toThrow(ChangeUserError);
    await expect(changeUser(attempt, 'AdminUser')).rejects.toMatchObject({ statusCode: 403 });
    expect(attempt.session.has('setuid')).toBe(false);
    expect((await visit()).user?.name).toBe('JaneDoe');
  });

  test('a value under the key that somebody else put there gives no rights', async () => {
    cookie = await logIn('JaneDoe');
    const forging = await visit();
    forging.session.set('setuid', '1');
    await forging.commit();
    expect((await visit()).user?.name).toBe('JaneDoe');
  });

  test('an anonymous visitor may not', async () => {
    cookie = '';
    await expect(changeUser(await visit(), 'JaneDoe')).rejects.toThrow(ChangeUserError);
  });

  test('a superuser without a session has nothing that keeps it', async () => {
    const proxied = createSessions({
      store,
      users,
      secrets: 's'.repeat(32),
      superuser: ['AdminUser'],
      auth: [{ method: 'remote_user', trusted: ['127.0.0.1'] }, 'moin_session'],
    });
    const headers = { 'x-remote-user': 'AdminUser' };
    const first = await proxied.begin({ headers, remoteAddress: '127.0.0.1' });
    await expect(changeUser(first, 'JaneDoe')).rejects.toMatchObject({ statusCode: 409 });
  });

  test('an unknown or disabled user cannot be changed to', async () => {
    users.disable('JoeDoe');
    for (const name of ['Nobody', 'JoeDoe']) {
      const switching = await visit();
      await expect(changeUser(switching, name)).rejects.toThrow(ChangeUserError);
      await expect(changeUser(switching, name)).rejects.toMatchObject({ statusCode: 404 });
      expect(switching.user?.name).toBe('AdminUser');
    }
  });

  test('who is gone or disabled meanwhile is nobody to be: the superuser is themselves again', async () => {
    await switchTo('JaneDoe');
    users.disable('JaneDoe');
    expect((await visit()).user?.name).toBe('AdminUser');
    users.remove('JaneDoe');
    expect((await visit()).user?.name).toBe('AdminUser');
  });

  test('ends with the session: logout, and a new login', async () => {
    await switchTo('JaneDoe');
    cookie = await logIn('AdminUser');
    expect((await visit()).user?.name).toBe('AdminUser');
    await switchTo('JaneDoe');
    const leaving = await sessions.begin({ headers: { cookie }, form: { logout: true } });
    await leaving.commit();
    expect(leaving.user).toBeNull();
    expect((await visit()).realUser).toBeNull();
  });

  test('a session that an administrator ended meanwhile cannot keep it', async () => {
    const switching = await visit();
    await sessions.endUser('1');
    await expect(changeUser(switching, 'JaneDoe')).rejects.toMatchObject({
      message: expect.stringContaining('ended meanwhile'),
      statusCode: 409,
    });
    expect(switching.user?.name).toBe('AdminUser');
  });

  test('a change that could not be saved does not go along with a later save', async () => {
    const switching = await visit();
    vi.spyOn(store, 'update').mockRejectedValueOnce(new StoreError('the disk is full: make room'));
    await expect(changeUser(switching, 'JaneDoe')).rejects.toThrow(StoreError);
    switching.session.set('later', 1);
    await switching.commit();
    const next = await visit();
    expect(next.session.get('later')).toBe(1);
    expect(next.user?.name).toBe('AdminUser');
    expect(told).toEqual([]);
  });

  test('without a user directory the configuration is refused at the start', () => {
    expect(() => createSessions({ superuser: ['AdminUser'] })).toThrow(ConfigurationError);
  });
});
