import { execFile } from 'node:child_process';
import { existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { COMMAND_NAMES } from '../../src/cli/program.js';
import { simulate } from '../../src/simulate.js';
import { FileStore } from '../../src/store/file/store.js';
import { cli } from '../aid/cli/fake-context.js';
import { indexOf, temporaryStore } from '../aid/file-store.js';
import { snapshot, temporaryFolder } from '../aid/folder.js';
import { unpackWiki } from '../aid/moin/wikis.js';
import { aRecord, idOf, owner, sample, storeOf } from '../aid/records.js';

/** A store with all that a look at it could be tempted to mend: stale entries, a time that lies, no lock file. */
async function temptingStore() {
  const { store, layout } = temporaryStore();
  for (const name of ['a', 'b', 'c'])
    await store.create(aRecord(name, { user: owner('u'), cookieExpires: 8e12, expires: 9e12 }));
  await store.secret({ create: true });
  await store.close();
  for (let n = 0; n < 100; n++) indexOf(layout).add(owner('u'), idOf(n));
  utimesSync(layout.record(idOf('a')), 5, 5);
  writeFileSync(layout.record(idOf('b')), '{"half":');
  rmSync(layout.lock);
  return { layout, root: layout.root };
}

/** An export of one session. */
const { out: EXPORTED } = await cli(
  { store: await storeOf(sample('aaaa', { cookieExpires: 8e12 })) },
  'export',
);

const COMMANDS = [
  ['list', '--user', 'u'],
  ['inspect', idOf('a')],
  ['stats', '--user', 'u'],
  ['check'],
  ['config', 'show'],
  ['config', 'check'],
  ['secret', 'generate'],
  ['simulate', '--cookie', 'MOIN_SESSION=anon.x.y'],
  ['whoami', '--cookie', 'MOIN_SESSION=anon.x.y'],
  ['expire', '--all', '--dry-run'],
  ['expire', '--user', 'u', '--dry-run'],
  ['purge', '--expired', '--dry-run'],
  ['purge', '--all', '--dry-run'],
  ['set', idOf('a'), 'cart', '[]', '--dry-run'],
  ['unset', idOf('a'), 'cart', '--dry-run'],
  ['secret', 'rotate', '--dry-run'],
  ['secret', 'rotate', '--drop', '--dry-run'],
  ['copy', '--to', 'copied', '--dry-run'],
  ['copy', '--to', 'copied', '--no-secret'],
  ['export'],
  ['import', 'exported.ndjson', '--dry-run'],
  ['__complete', 'fish', `moin-sessions inspect ${idOf('a').slice(0, 2)}`],
  ['__complete', 'fish', 'moin-sessions list --user '],
];

test('every command that looks into a store is among them; log, users, completion, demo and help do not', () => {
  const tried = new Set(COMMANDS.map(([name]) => name));
  const others = ['log', 'users', 'completion', 'demo', 'help'];
  expect(COMMAND_NAMES.filter((name) => !tried.has(name))).toEqual(others);
});

test.each(COMMANDS)(
  'spec 7: %s %s %s writes nothing: no name, byte, time or mode of the store changes',
  async (...args) => {
    const { root } = await temptingStore();
    const before = snapshot(root);
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'exported.ndjson'), EXPORTED);
    const bin = join(inject('built'), 'bin/moin-sessions.js');
    const run = promisify(execFile)(process.execPath, [bin, '--store', root, ...args], {
      cwd,
    });
    await run.catch((error) => expect(error.code, error.stderr).toBeLessThanOrEqual(4));
    expect(snapshot(root)).toEqual(before);
  },
  60_000,
);

test.each([
  ['1.6', 'simulate', '--cookie', 'MOIN_SESSION=attacker-chosen'],
  ['1.6', 'simulate', '--cookie', 'MOIN_SESSION=new'],
  ['1.6', 'simulate', '--cookie', 'MOIN_SESSION=../../../user/new'],
  ['1.6', 'whoami', '--cookie', 'MOIN_SESSION=attacker-chosen'],
  ['1.9', 'simulate', '--cookie', 'MOIN_SESSION_8095_ROOT=02f4a22de83ab14d76c9537d43fd35d1ecd2c58f'],
  ['1.9', 'simulate', '--cookie', `MOIN_SESSION_8095_ROOT=${'0'.repeat(40)}`],
  ['1.9', 'whoami', '--cookie', 'MOIN_SESSION_8095_ROOT=02f4a22de83ab14d76c9537d43fd35d1ecd2c58f'],
] as const)(
  'spec 8: on a wiki of %s, %s %s %s writes nothing, though that MoinMoin would',
  async (layout, ...args) => {
    const { dir } = unpackWiki(layout);
    const before = snapshot(dir);
    const bin = join(inject('built'), 'bin/moin-sessions.js');
    const run = promisify(execFile)(process.execPath, [bin, '--store', `moin:${dir}`, ...args], {
      cwd: temporaryFolder(),
    });
    await run.catch((error) => expect(error.code, error.stderr).toBe(3));
    expect(snapshot(dir)).toEqual(before);
  },
  60_000,
);

test('spec 7: a login that is simulated on a store of the application makes no lock, rewrites no list and heals no time', async () => {
  const { store, layout } = temporaryStore();
  const tempting = await temptingStore();
  expect(existsSync(layout.root)).toBe(false);
  const login = { request: { form: { login: true, name: 'u', password: 'p' } } };
  const auth = { name: 'anybody', authenticate: () => ({ user: { id: 'u', name: 'u' }, continue: true }) };
  const options = { auth: [auth, 'moin_session'] as const, maxSessionsPerUser: 1, secrets: 'x'.repeat(32) };
  await simulate({ ...options, store }, login);
  expect(existsSync(layout.root)).toBe(false);
  const before = snapshot(tempting.root);
  const { requests } = await simulate({ ...options, store: new FileStore(tempting.root) }, login);
  expect(requests[0]?.writes.map(({ action }) => action)).toContain('create');
  expect(requests[0]?.writes.length).toBeGreaterThan(1);
  expect(snapshot(tempting.root)).toEqual(before);
});
