import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { NotFoundError, UserRuleError } from '../../src/base/errors.js';
import { temporaryFolder } from '../aid/folder.js';
import { directoryAt } from './user-file.js';

let path: string;
const stored = () => JSON.parse(readFileSync(path, 'utf8')).users;

beforeEach(async () => {
  path = join(temporaryFolder(), 'users.json');
  await directoryAt(path).add('alice', 'alice', { roles: ['editor'] });
  await directoryAt(path).add('bob', 'bob');
});

describe('a user file changes while others read it', () => {
  it('rename: id, password and fields stay; a reader notices; only the new name logs in', async () => {
    const reader = directoryAt(path);
    const before = await reader.findByName('alice');
    const user = await directoryAt(path).rename('alice', 'Zoe\u0308');
    expect(user).toEqual({ ...before, name: 'Zo\u00eb' });
    expect(await reader.findByName('alice')).toBeNull();
    expect(await reader.verifyPassword(await reader.findByName('Zoe\u0308'), 'alice')).toBe(true);
    expect(stored()[0]).toMatchObject({ id: before?.id, roles: ['editor'] });
  });

  it('rename to a name or an id that another has is refused; to the same name it is none', async () => {
    const directory = directoryAt(path);
    const { id = '' } = (await directory.findByName('bob')) ?? {};
    for (const name of ['bob', id])
      await expect(directory.rename('alice', name)).rejects.toMatchObject({
        code: 'name-taken',
        statusCode: 409,
      });
    expect(await directory.rename('alice', 'alice')).toMatchObject({ name: 'alice' });
    await expect(directory.rename('alice', ' x')).rejects.toThrow(UserRuleError);
    await expect(directory.rename('zoe', 'yan')).rejects.toThrow(NotFoundError);
  });

  it('remove: the user is gone, for a reader too, and the name is free', async () => {
    const reader = directoryAt(path);
    const before = await reader.findByName('alice');
    expect(await directoryAt(path).remove('alice')).toEqual(before);
    expect(await reader.findById(String(before?.id))).toBeNull();
    expect((await directoryAt(path).add('alice', 'alice')).id).not.toBe(before?.id);
    await expect(directoryAt(path).remove('zoe')).rejects.toThrow(NotFoundError);
  });

  it('setFields: others stay, undefined removes', async () => {
    const directory = directoryAt(path);
    await directory.setFields('alice', { locale: 'de', theme: null });
    expect(await directory.setFields('alice', { roles: undefined, theme: undefined })).toMatchObject({
      locale: 'de',
    });
    expect(Object.keys(stored()[0])).not.toEqual(expect.arrayContaining(['roles']));
    expect(Object.keys(stored()[0])).not.toEqual(expect.arrayContaining(['theme']));
  });

  it.each(['id', 'name', 'password', 'disabled', 'created'])(
    'setFields neither sets nor removes %s',
    async (field) => {
      const before = stored();
      for (const value of ['x', undefined])
        await expect(directoryAt(path).setFields('alice', { [field]: value })).rejects.toThrow(TypeError);
      expect(stored()).toEqual(before);
    },
  );

  it('operators at once: every change counts', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `field${n}`);
    await Promise.all(names.map((name) => directoryAt(path).setFields('alice', { [name]: name })));
    expect(Object.keys(stored()[0])).toEqual(expect.arrayContaining(names));
    const taken = await Promise.allSettled(
      ['alice', 'bob'].map((name) => directoryAt(path).rename(name, 'zoe')),
    );
    expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
