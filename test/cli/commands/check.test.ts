import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { FileStore } from '../../../src/index.js';
import { FileUserDirectory } from '../../../src/users/file.js';
import { cli } from '../../aid/cli/fake-context.js';
import { snapshot, temporaryFolder } from '../../aid/folder.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

const SECRET = 'a secret that the test knows, 32 bytes or more';

let folder: string;
/** Hints and the state of the machine aside. */
const OF_MACHINE = ['disk-almost-full', 'few-inodes', 'network-file-system', 'node-end-of-life'];

interface Row {
  code: string;
  severity: string;
  fixed: number;
  count: number;
}

function configure(options: object): void {
  writeFileSync(join(folder, 'moin-sessions.config.json'), JSON.stringify({ secrets: SECRET, ...options }));
}

async function check(...argv: string[]) {
  const store = new FileStore(join(folder, 's'), { readOnly: !argv.includes('--fix') });
  const outcome = await cli({ cwd: folder, store }, 'check', ...argv);
  return outcome;
}

async function codes(...argv: string[]): Promise<string[]> {
  const { out } = await check('--json', ...argv);
  return (JSON.parse(out) as Row[]).map(({ code }) => code).filter((code) => !OF_MACHINE.includes(code));
}

beforeEach(async () => {
  folder = temporaryFolder();
  const store = new FileStore(join(folder, 's'));
  await store.create(sample('abcd', { user: null }));
  await store.close();
});

describe('moin-sessions check', () => {
  it('sessions in a store that keeps no secret any more are an error; a listed secret, or a new store, is none', async () => {
    configure({ secrets: undefined, cookieDomain: 'example.com' });
    expect((await codes())[0]).toBe('secret-missing');
    expect(await check()).toMatchObject({ code: 4, out: expect.stringContaining('Restore the secret') });
    const store = new FileStore(join(folder, 's'));
    await store.secret({ create: true });
    await store.close();
    expect(await codes()).not.toContain('secret-missing');
  });

  it('hints alone: exit 0, and the last line counts them', async () => {
    configure({ cookieDomain: 'example.com' });
    const { code, out } = await check();
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('info  cookie-for-subdomains\n') });
    // One more where this version of Node is at its end.
    const { length } = JSON.parse((await check('--json')).out) as Row[];
    expect(out).toMatch(new RegExp(`\\n${length === 1 ? '1 hint' : `${length} hints`}\\.\n$`));
    expect(await codes()).toEqual(['cookie-for-subdomains']);
  });

  it.each([
    [{ secrets: 'a'.repeat(40) }, 'secret-guessable'],
    [{ cookieSecure: false }, 'cookie-without-secure'],
    [{ trustProxy: true }, 'trusts-every-proxy'],
    [{ cookieLifetime: 0 }, 'no-longest-lifetime'],
    [{ cookieLifetime: 0.01 }, 'lifetime-very-short'],
    [{ anonymousCookieLifetime: 24 }, 'visitors-outlive-logins'],
    [{ auth: ['log'] }, 'chain-without-session'],
    [{ auth: ['log', 'moin_session'] }, 'log-sees-little'],
    [{ secrets: [1, 2, 3, 4, 5].map((n) => `${SECRET} ${n}`) }, 'many-secrets'],
  ])('of the configuration %j it says %s, and shows no secret', async (options, code) => {
    configure(options);
    expect(await codes()).toContain(code);
    const { out, err } = await check();
    const { secrets = SECRET } = options as { secrets?: string | string[] };
    for (const secret of [secrets].flat()) expect(out + err).not.toContain(secret);
  });

  it('a good value for each of these: none of it', async () => {
    configure({ cookieName: '__Host-S', maxLifetime: 48, trustProxy: ['10.0.0.0/8'] });
    expect(await codes()).toEqual([]);
  });

  it('exit 4 for warnings, 0 when --fix has mended all; -q shows nothing', async () => {
    configure({ users: 'users.json' });
    await new FileUserDirectory(join(folder, 'users.json')).add('alice', 'a good password');
    chmodSync(join(folder, 'users.json'), 0o644);
    const before = snapshot(folder);
    const at = ['--at', new Date(NOW).toISOString()];
    const { code, out, err } = await check('--json', ...at);
    expect(code).toBe(4);
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ code: 'user-file-open-to-others' }));
    expect(err).toMatch(/finding.* to look at: what to do is said above\n$/);
    expect(await check('-q', ...at)).toMatchObject({ code: 4, out: '' });
    expect(snapshot(folder)).toEqual(before);
    const rows = JSON.parse((await check('--fix', '--json')).out) as Row[];
    expect(rows.find(({ code }) => code === 'user-file-open-to-others')).toMatchObject({
      fixed: 1,
      count: 1,
    });
    expect(statSync(join(folder, 'users.json')).mode & 0o777).toBe(0o640);
    expect(await codes(...at)).not.toContain('user-file-open-to-others');
  });

  it('a superuser whom the directory does not know', async () => {
    configure({ users: 'users.json', superuser: ['root'] });
    await new FileUserDirectory(join(folder, 'users.json')).add('alice', 'a good password');
    expect(await codes()).toContain('superuser-unknown');
  });

  it('a superuser who is disabled: the name is taken, so nobody is said to get it', async () => {
    configure({ users: 'users.json', superuser: ['alice'] });
    const users = new FileUserDirectory(join(folder, 'users.json'));
    await users.add('alice', 'a good password');
    await users.setDisabled('alice', true);
    const rows = JSON.parse((await check('--json')).out) as Row[];
    const found = rows.filter(({ code }) => String(code).startsWith('superuser-'));
    expect(found).toMatchObject([{ code: 'superuser-disabled', why: expect.stringContaining('enables') }]);
  });

  it('an audit log that a server could not open is an error; one that is not there yet is none, and is not made', async () => {
    configure({ audit: 'none/audit.log' });
    const { code, out } = await check('--json');
    const found = (JSON.parse(out) as Row[]).find((row) => row.code === 'audit-log-unwritable');
    expect({ code, found }).toMatchObject({
      code: 4,
      found: {
        severity: 'error',
        what: expect.stringMatching(/cannot open the audit log .*none\/audit\.log/),
      },
    });
    configure({ audit: 'audit.log' });
    const before = snapshot(folder);
    expect(await codes()).not.toContain('audit-log-unwritable');
    expect(snapshot(folder)).toEqual(before);
  });

  it('--fix does not look at another time', async () => {
    expect(await check('--fix', '--at', '+2h')).toMatchObject({ code: 2 });
  });

  it('a store of another kind says that only its records were checked; no configuration says so, too', async () => {
    const store = await storeOf(sample('abcd', { cookieExpires: NOW + HOUR }));
    const { out } = await cli({ cwd: folder, store }, 'check', '--format', 'ids');
    expect(out.split('\n').filter((code) => !OF_MACHINE.includes(code))).toEqual([
      'no-configuration',
      'store-not-checked',
      '',
    ]);
  });

  it('at 80 columns no line is wider, and control characters are shown, not sent', async () => {
    configure({ cookieDomain: 'example.com' });
    writeFileSync(join(folder, 's', 'no\u001b[31mtes'), '');
    const { out } = await check();
    expect(out).not.toContain('\u001b');
    expect(out).toContain('␛[31m');
    const prose = out.split('\n').filter((line) => !line.startsWith('    '));
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(readFileSync(join(folder, 's', 'no\u001b[31mtes'), 'utf8')).toBe('');
  });
});

describe('a user file that cannot be read', () => {
  const path = () => join(folder, 'users.json');

  it('is a finding, and the rest is checked all the same', async () => {
    configure({ users: 'users.json', auth: ['moin_login', 'moin_session'] });
    mkdirSync(path());
    const store = new FileStore(join(folder, 's'));
    await store.create(sample('bcde', { user: 'alice', seen: NOW + HOUR }));
    await store.close();
    const { code, out } = await check('--json');
    const rows: (Row & { what: string })[] = JSON.parse(out);
    const found = rows.find((row) => row.code === 'user-file-unreadable');
    expect(code).toBe(4);
    expect(found?.what).toContain(`${path()}: a folder is where a file should be`);
    expect(rows.map((row) => row.code)).toContain('session-from-the-future');
  });

  it('is named at once when it is no user file, also one that is nested too deep for any work on it', async () => {
    configure({ users: 'users.json', auth: ['moin_login', 'moin_session'] });
    const user = JSON.stringify({ id: 'a', name: 'alice', password: '$', disabled: false, created: 0 });
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    writeFileSync(path(), `{"version":1,"users":[${user.slice(0, -1)},"x":${deep}}]}`, { mode: 0o600 });
    const { code, err } = await check();
    expect(code).toBe(2);
    expect(err).toContain(
      `${path()} is damaged, a field of its user number 1 is nested deeper than 1000 levels`,
    );
  });
});

describe('the last line', () => {
  const lastLine = (out: string) => out.trimEnd().split('\n').at(-1);

  it('counts what is left, and what --fix has mended', async () => {
    configure({});
    chmodSync(join(folder, 's', 'ab'), 0o777);
    const { out } = await check('--fix');
    expect(lastLine(out)).toMatch(/(^|, )1 mended\.$/);
    expect(lastLine(out)).not.toContain('error');
    chmodSync(join(folder, 's', 'ab'), 0o777);
    const { out: unmended } = await check();
    expect(lastLine(unmended)).toMatch(/^1 error/);
    expect(lastLine(unmended)).not.toContain('mended');
  });
});
