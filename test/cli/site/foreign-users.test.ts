import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { FileStore } from '../../../src/store/file/store.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { sample } from '../../aid/records.js';

const NOTE = 'names another store, and its users judge this one';
let cwd: string;
let own: FileStore;
let other: FileStore;

beforeEach(async () => {
  cwd = temporaryFolder();
  for (const name of ['own', 'other']) mkdirSync(join(cwd, name));
  own = new FileStore(join(cwd, 'own'));
  other = new FileStore(join(cwd, 'other'));
  writeFileSync(join(cwd, 'users.json'), '{"version":1,"users":[]}');
  writeFileSync(
    join(cwd, 'moin-sessions.config.json'),
    JSON.stringify({ store: 'own', users: 'users.json' }),
  );
});

it('--store beside a configuration that was only found: its users may be the wrong ones', async () => {
  await other.create(sample('aaaa'));
  const { err, code } = await cli({ cwd, store: other }, 'list', '--store', 'other');
  expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining(NOTE) });
  expect(err.trim().split('\n')).toHaveLength(1);
});

it.each([
  ['the store that it names', ['--store', 'own'], {}],
  ['the same one by an address', ['--store', 'file:own'], {}],
  ['a configuration that is named, too', ['--store', 'other', '--config', 'moin-sessions.config.json'], {}],
  [
    'one that the environment names',
    ['--store', 'other'],
    { MOIN_SESSIONS_CONFIG: 'moin-sessions.config.json' },
  ],
  ['-q', ['--store', 'other', '-q'], {}],
])('is not said with %s', async (_what, flags, env) => {
  const store = flags.includes('other') ? other : own;
  expect((await cli({ cwd, store, env: env as Record<string, string> }, 'list', ...flags)).err).not.toContain(
    NOTE,
  );
});
