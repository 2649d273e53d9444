import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { isPromise } from '../../src/base/soon.js';
import { CachingDirectory } from '../../src/users/caching-directory.js';
import { UserCache } from '../../src/users/user-cache.js';
import { temporaryFolder } from '../aid/folder.js';
import { TestUsers } from '../aid/users.js';
import { directoryAt } from './user-file.js';

/** The cache of one visit over that of all visits, and the questions that reach the directory. */
function cached() {
  const users = new TestUsers();
  const asked: string[] = [];
  const findById = users.findById.bind(users);
  users.findById = (id) => {
    asked.push(id);
    return findById(id);
  };
  const shared = new UserCache(users, 10, () => 0);
  return { users, asked, visit: () => new CachingDirectory(users, shared) };
}

it('S4: a login asks past the cache of all visits, once in a visit', async () => {
  const { users, asked, visit } = cached();
  await visit().findById('u-alice');
  const login = visit();
  await login.findById('u-alice');
  expect(asked).toEqual(['u-alice']);
  users.disable('alice');
  expect((await login.findById('u-alice'))?.disabled).toBeUndefined();
  expect((await login.findNow('u-alice'))?.disabled).toBe(true);
  expect((await login.findNow('u-alice'))?.disabled).toBe(true);
  expect((await login.findById('u-alice'))?.disabled).toBe(true);
  expect(asked).toEqual(['u-alice', 'u-alice']);
});

it('a user who was found by the name in this visit is not asked for again', async () => {
  const { asked, visit } = cached();
  const directory = visit();
  await directory.findById('u-alice');
  await directory.findByName('alice');
  await directory.findNow('u-alice');
  expect(asked).toEqual(['u-alice']);
});

it('that a user is missing is not kept: an auth method may create them', async () => {
  const { users, visit } = cached();
  const directory = visit();
  expect(await directory.findNow('u-dave')).toBeNull();
  expect(await directory.findById('u-dave')).toBeNull();
  users.add('dave');
  expect(await directory.findById('u-dave')).toMatchObject({ name: 'dave' });
});

it('a user file is asked in the same turn, but never past a findById that replaces its own', async () => {
  const file = directoryAt(join(temporaryFolder(), 'users.json'));
  const { id } = await file.add('alice', 'alice');
  const found = new CachingDirectory(file).lookUp(id);
  expect(isPromise(found)).toBe(false);
  expect(found).toEqual(await file.findById(id));
  const replaced = vi.spyOn(file, 'findById').mockResolvedValue(null);
  expect(await new CachingDirectory(file).lookUp(id)).toBeNull();
  replaced.mockRestore();
  const other = new TestUsers();
  expect(isPromise(new CachingDirectory(other).lookUp('u-alice'))).toBe(true);
});
