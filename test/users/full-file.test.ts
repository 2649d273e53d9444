import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LARGEST } from '../../src/disk/plain-file.js';
import { temporaryFolder } from '../aid/folder.js';
import { directoryAt, namesIn } from './user-file.js';

it('spec 7: a user who would make the file too large to be read is refused, and the others stay', async () => {
  const path = join(temporaryFolder(), 'users.json');
  const users = directoryAt(path);
  await users.add('alice', 'a good password');
  const file = JSON.parse(readFileSync(path, 'utf8'));
  file.users[0].padding = '';
  file.users[0].padding = 'x'.repeat(LARGEST - 100 - JSON.stringify(file).length);
  writeFileSync(path, JSON.stringify(file));
  await expect(directoryAt(path).add('bob', 'a good password')).rejects.toThrow(
    /cannot write the user directory .*: it is larger than 16 MB: bring a user directory of your own/,
  );
  expect(namesIn(path)).toEqual(['alice']);
  expect(await directoryAt(path).findByName('alice')).toMatchObject({ name: 'alice' });
});
