import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../src/base/clock.js';
import { temporaryFolder } from '../aid/folder.js';
import { directoryAt } from './user-file.js';

let path: string;

/** Writes these fields into alice's entry by hand. */
function edit(fields: object): void {
  const file = JSON.parse(readFileSync(path, 'utf8'));
  file.users[0] = { ...file.users[0], ...fields };
  writeFileSync(path, JSON.stringify(file, null, 2));
}

beforeEach(async () => {
  path = join(temporaryFolder(), 'users.json');
  await directoryAt(path).add('alice', 'alice');
});

describe('fields that stand in the user file (spec 5)', () => {
  it('are given, without the hash and the date', async () => {
    const directory = directoryAt(path);
    const { id } = (await directory.findByName('alice')) ?? {};
    edit({ roles: ['editor'], locale: 'de' });
    const alice = { id, name: 'alice', disabled: false, roles: ['editor'], locale: 'de' };
    expect(await directory.findByName('alice')).toEqual(alice);
    expect(await directory.findById(String(id))).toEqual(alice);
    expect(await directory.list()).toEqual([{ ...alice, created: expect.any(Date) }]);
  });

  it('stay in the file when the password changes, and when a user is disabled or added', async () => {
    edit({ roles: ['editor'] });
    const directory = directoryAt(path);
    await directory.setPassword('alice', 'another');
    await directory.setDisabled('alice', true);
    await directory.add('bob', 'bob');
    expect(JSON.parse(readFileSync(path, 'utf8')).users[0]).toMatchObject({
      name: 'alice',
      disabled: true,
      roles: ['editor'],
    });
    expect(await directory.findByName('alice')).toMatchObject({ roles: ['editor'] });
  });

  it('are copies: a request that changes one changes it for no other', async () => {
    edit({ roles: ['editor'] });
    // A clock so late that the file looks settled: what was read is kept.
    const directory = directoryAt(path, { clock: () => Date.now() + HOUR });
    const first = (await directory.findByName('alice')) as unknown as { roles: string[] };
    first.roles.push('admin');
    expect(await directory.findByName('alice')).toMatchObject({ roles: ['editor'] });
  });
});
