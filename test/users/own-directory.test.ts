import { describe, expect, it } from 'vitest';
import type { DirectoryUser, UserDirectory } from '../../src/users/directory.js';
import { makeSite } from '../aid/site.js';

/** A directory of somebody who took `Map.get` for an answer: undefined for nobody. */
function mapped(): UserDirectory & { map: Map<string, DirectoryUser> } {
  const map = new Map([['alice', { id: 'alice', name: 'alice' }]]);
  const get = async (key: string) => map.get(key) as DirectoryUser | null;
  return {
    map,
    findByName: get,
    findById: get,
    verifyPassword: async (user, password) => user !== null && password === user.name,
  };
}

const login = (name: string) => ({ form: { login: true, name, password: name } });

describe('a directory that says undefined where null is meant', () => {
  it.each([{}, { userCache: 5 }])(
    'spec 3: nobody has the typed name, and the login fails, with %j',
    async (more) => {
      const { visit } = await makeSite({ users: mapped(), ...more })
        .browser()
        .visit(login('mallory'));
      expect([visit.loginResult, visit.user]).toEqual(['failed', null]);
    },
  );

  it('S3: a user who is gone is logged out, and their session listed as refused', async () => {
    const users = mapped();
    const { browser, sessions } = makeSite({ users });
    const alice = browser();
    expect((await alice.visit(login('alice'))).user).toBe('alice');
    users.map.clear();
    for await (const { state } of sessions.list()) expect(state).toBe('refused');
    expect((await alice.visit()).user).toBeNull();
    await expect(sessions.open()).resolves.toBeUndefined();
  });
});

it('I4: a store that says undefined for a session that it does not have is one without it', async () => {
  const { sessions, browser, store } = makeSite();
  const visitor = browser();
  const { id } = (await visitor.logIn('alice')).session;
  const find = store.find.bind(store);
  store.find = async (asked) => (await find(asked)) ?? (undefined as never);
  await sessions.expire([String(id)]);
  await store.delete(String(id));
  expect((await visitor.visit()).user).toBeNull();
});
