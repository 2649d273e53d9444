import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { FileStore, FileUserDirectory, MemoryStore, StoreError } from '../../../src/index.js';
import { rotateSecret } from '../../../src/session/admin/rotate-secret.js';
import { cli } from '../../aid/cli/fake-context.js';
import { snapshot, temporaryFolder } from '../../aid/folder.js';
import { sample } from '../../aid/records.js';

const SECRET = 'hunter2 hunter2 hunter2 hunter2 hunter2';

let folder: string;
let file: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder, 'moin-sessions.config.json');
});

function configure(options: object): void {
  writeFileSync(file, JSON.stringify(options));
}

interface Shown {
  name: string;
  value: unknown;
  origin: string;
  from: string | null;
}

async function shown(world: object, ...argv: string[]): Promise<Record<string, Omit<Shown, 'name'>>> {
  const { out } = await cli({ cwd: folder, ...world }, ...argv, 'config', 'show', '--json');
  return Object.fromEntries((JSON.parse(out) as Shown[]).map(({ name, ...rest }) => [name, rest]));
}

describe('config show', () => {
  it('spec 7: says of each setting what it is and who set it; paths are absolute', async () => {
    configure({ store: 's', users: 'u.json', cookieLifetime: 1 });
    mkdirSync(join(folder, 'sub'));
    expect(await shown({ cwd: join(folder, 'sub') })).toMatchObject({
      config: { value: file, origin: 'search', from: null },
      store: { value: `file:${folder}/s`, origin: 'file', from: file },
      users: { value: `${folder}/u.json`, origin: 'file', from: file },
      cookieLifetime: { value: 1, origin: 'file' },
      cookieName: { value: 'MOIN_SESSION', origin: 'default', from: null },
      auth: { value: ['moin_login', 'moin_session'], origin: 'default' },
      secrets: { value: 'kept by the store', origin: 'default' },
    });
  });

  it('shows what is in force where the default is a rule; paths are absolute, also of the audit log', async () => {
    configure({ audit: 'logs/audit.log' });
    expect(await shown({})).toMatchObject({
      audit: { value: `${folder}/logs/audit.log`, origin: 'file' },
      refreshInterval: { value: 'a tenth of the lifetime, 1h at most', origin: 'default' },
      cookieSecure: { value: 'when the request came over HTTPS', origin: 'default' },
      maxLifetime: { value: 'no limit', origin: 'default' },
    });
    configure({ audit: 'syslog', cookieName: '__Host-a' });
    expect(await shown({})).toMatchObject({
      audit: { value: 'syslog' },
      cookieSecure: { value: 'always, as the name of the cookie asks', origin: 'default' },
    });
  });

  it('spec 7: flags over variables over the file', async () => {
    configure({ store: 's' });
    const env = { MOIN_SESSIONS_STORE: 'env', MOIN_SESSIONS_CONFIG: 'moin-sessions.config.json' };
    expect(await shown({ env })).toMatchObject({
      config: { origin: 'environment', from: 'MOIN_SESSIONS_CONFIG' },
      store: { value: `file:${folder}/env`, origin: 'environment', from: 'MOIN_SESSIONS_STORE' },
    });
    expect(await shown({ env }, '--config', file, '--store', 'file:flag')).toMatchObject({
      config: { value: file, origin: 'flag', from: '--config' },
      store: { value: `file:${folder}/flag`, origin: 'flag', from: '--store' },
    });
  });

  it('shows no secret and no password, wherever they stand', async () => {
    const env = { MOIN_SESSIONS_REDIS_PASSWORD: 'hunter2' };
    configure({ store: 'redis://me:hunter2@host/1', secrets: [SECRET, SECRET], secret: SECRET });
    for (const format of ['table', 'json', 'csv', 'ndjson']) {
      const { out, err } = await cli({ cwd: folder, env }, 'config', 'show', '--format', format);
      expect(out + err).not.toContain('hunter2');
      expect(out).toContain('2 (39 bytes, 39 bytes)');
      expect(out).toContain('redis://me@host/1');
    }
  });

  it('says how many secrets the store keeps, which sign, and since when, and shows none', async () => {
    configure({ store: 's' });
    const store = new FileStore(join(folder, 's'));
    const state = async () => {
      const opened = new FileStore(join(folder, 's'), { readOnly: true });
      return (await shown({ store: opened }))['secrets of the store']?.value;
    };
    const broken = Object.assign(new MemoryStore(), {
      open: () => Promise.reject(new StoreError('it is out of reach')),
    });
    expect(await shown({ store: broken })).toMatchObject({
      'secrets of the store': { value: 'not known: it is out of reach' },
    });
    // In a table the sentence would be wider than all other cells.
    const { out, err } = await cli({ cwd: folder, store: broken }, 'config', 'show');
    expect(out).toMatch(/^secrets of the store +not known +default$/m);
    expect(err).toBe('moin-sessions: secrets of the store: not known: it is out of reach\n');
    onTestFinished(() => store.close());
    await store.create(sample('abcd', { user: null }));
    expect(await state()).toBe('none yet: a server makes one at its start');
    await store.secret({ create: true });
    utimesSync(join(folder, 's/secret'), 1_900_000_000, 1_900_000_000);
    expect(await state()).toBe('1; last changed 2030-03-17T17:46:40.000Z');
    const killed = { isDry: false, wait: () => Promise.reject(new Error('killed')) };
    await expect(rotateSecret(store, killed)).rejects.toThrow('killed');
    expect(await state()).toMatch(
      /^2: the first signs, and the last is of a rotation that is not over; last/,
    );
    await rotateSecret(store, { isDry: false, wait: async () => {} });
    expect(await state()).toMatch(/^2: the first signs, the old one verifies; last changed 2\d{3}-/);
    for (const secret of await store.secrets())
      expect((await cli({ cwd: folder }, 'config', 'show')).out).not.toContain(secret.toString('base64url'));
    configure({ store: 's', secrets: SECRET });
    expect(await state()).toBeUndefined();
  });

  it('a wrong configuration is shown all the same: exit 2', async () => {
    configure({ onLimit: 'no', cookieLifetime: '12', auth: [null, { method: 'x' }] });
    const { code, out, err } = await cli({ cwd: folder }, 'config', 'show');
    expect(code).toBe(2);
    expect(out).toMatch(/^onLimit +no /m);
    expect(err).toMatch(/option onLimit must be evict or deny\n/);
    expect(err).toMatch(/a server would refuse .*: correct what is said above\n$/);
  });

  it('without a configuration: the defaults, and exit 0', async () => {
    expect(await shown({})).toMatchObject({
      config: { value: null, origin: 'default' },
      store: { value: `file:${folder}/.moin-sessions`, origin: 'default' },
    });
  });
});

describe('config check', () => {
  it('a good one: one line, exit 0, and nothing is written', async () => {
    configure({ store: 's', secrets: SECRET });
    const before = snapshot(folder);
    const { code, out } = await cli({ cwd: folder }, 'config', 'check');
    expect({ code, out }).toEqual({ code: 0, out: `Good: ${file}, store memory:\n` });
    expect(snapshot(folder)).toEqual(before);
  });

  it('every fault on a line of its own: exit 2', async () => {
    configure({
      secrets: 'short',
      onLimit: 'no',
      users: 'none.json',
      cookieName: '__Host-a',
      cookiePath: '/x',
    });
    const { code, out, err } = await cli({ cwd: folder }, 'config', 'check');
    expect(code).toBe(2);
    const lines = [
      /^a secret of 5 bytes is too short/,
      /^option onLimit must be/,
      /^browsers refuse/,
      /^there is no user directory at .*none.json/,
    ];
    const found = out.trimEnd().split('\n');
    expect(found).toHaveLength(lines.length);
    for (const [n, line] of lines.entries()) expect(found[n]).toMatch(line);
    expect(err).toMatch(/has 4 faults: correct what is said above\n$/);
    const { out: json } = await cli({ cwd: folder }, 'config', 'check', '--json');
    expect((JSON.parse(json) as { option: string }[]).map(({ option }) => option)).toEqual([
      'secrets',
      'onLimit',
      null,
      'users',
    ]);
  });

  it.each([
    ['a folder that is missing', 'none/audit.log', /its folder does not exist: make it/],
    ['a folder in its place', '.', /it is a folder: name a file in it/],
  ])('an audit log that a server refuses is a fault: %s', async (_what, audit, message) => {
    configure({ store: 's', secrets: SECRET, audit });
    const { code, out } = await cli({ cwd: folder }, 'config', 'check', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject([{ option: 'audit', fault: expect.stringMatching(message) }]);
  });

  it('an audit log that is not there yet is no fault, and is not made', async () => {
    configure({ store: 's', secrets: SECRET, audit: 'audit.log' });
    const before = snapshot(folder);
    expect((await cli({ cwd: folder }, 'config', 'check')).code).toBe(0);
    expect(snapshot(folder)).toEqual(before);
  });

  it('a method that needs users, and a store that others may write to, are faults too', async () => {
    configure({ auth: ['moin_login', 'moin_session'], secrets: SECRET });
    expect((await cli({ cwd: folder }, 'config', 'check')).out).toMatch(/^moin_login .*users/);
    configure({ auth: ['moin_login', 'moin_session'], secrets: SECRET, cookieLifetime: '12' });
    expect((await cli({ cwd: folder }, 'config', 'check')).out).toMatch(
      /cookieLifetime .*\nmoin_login .*users/,
    );
  });

  it('a superuser who is disabled, or nobody in the directory, is a hint, and no fault', async () => {
    const users = new FileUserDirectory(join(folder, 'users.json'));
    await users.add('alice', 'a good password');
    await users.add('bob', 'a good password');
    await users.setDisabled('bob', true);
    configure({ store: 's', secrets: SECRET, users: 'users.json', superuser: ['alice', 'bob', 'root'] });
    const { code, out, err } = await cli({ cwd: folder }, 'config', 'check');
    expect({ code, out }).toEqual({ code: 0, out: `Good: ${file}, store memory:\n` });
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /the superuser bob is disabled .* who enables this user .* correct it in 'superuser'/,
      ),
      expect.stringMatching(
        /the superuser root is nobody .* whoever gets this name .* correct it in 'superuser'/,
      ),
    ]);
    expect((await cli({ cwd: folder }, 'config', 'check', '-q')).err).toBe('');
  });

  it('a directory that cannot be asked for the superusers: that is said, and no superuser is called nobody', async () => {
    writeFileSync(
      join(folder, 'moin-sessions.config.mjs'),
      `const down = () => Promise.reject(new Error('no network'));
       export default { secrets: '${SECRET}', superuser: ['root'],
         users: { findByName: down, findById: down, verifyPassword: down } };`,
    );
    const { code, err } = await cli({ cwd: folder }, 'config', 'check');
    expect(code).toBe(0);
    expect(err).toMatch(/whether the superusers are users is not known: .*no network.*: see that[^\n]*\n$/);
  });
});

describe('every command refuses what createSessions would refuse', () => {
  it.each([
    ['a short secret', { secrets: 'short' }, /a secret of 5 bytes is too short/],
    [
      'a user file that is not there',
      { users: 'none.json' },
      /none\.json, so nobody can log in: check 'users'/,
    ],
    ['a method without users', { auth: ['moin_login', 'moin_session'] }, /users/],
  ])('spec 7: %s: exit 2, before any store is opened', async (_, options, message) => {
    configure(options);
    for (const command of [
      ['list'],
      ['stats'],
      ['purge', '--expired'],
      ['expire', '--all', '-y'],
      ['check'],
    ]) {
      const { code, err, opened } = await cli({ cwd: folder }, ...command);
      expect({ code, opened }).toEqual({ code: 2, opened: [] });
      expect(err).toMatch(message);
      expect(err).toMatch(/^moin-sessions: .*moin-sessions\.config\.json: [^\n]+\n$/);
    }
  });

  it('but the first user may be added to a user file that is not there', async () => {
    configure({ users: 'none.json' });
    expect(await cli({ cwd: folder, stdin: 'a good password\n' }, 'users', 'list')).toMatchObject({
      code: 0,
    });
  });
});
