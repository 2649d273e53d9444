import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { createJiti } from 'jiti';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { AuthMethod, Session, SessionsOptions, UserDirectory } from '../../src/index.js';
import { createSessions } from '../../src/index.js';
import { missingSessionMembers } from '../../src/session/session.js';
import { CookieJar } from '../../src/testing/cookie-jar.js';
import type { moinSessions } from '../../src/web/express.js';
import { Browser } from '../aid/browser.js';
import { LegacySessions } from '../aid/legacy-session.js';
import { makeSite, SECRET } from '../aid/site.js';
import { TestUsers } from '../aid/users.js';
import { listen } from '../aid/web/listen.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(PROJECT, 'docs/auth.md'), 'utf8');
const programs = new Map(
  [...page.matchAll(/^```[jt]s file=(\S+)\n([\s\S]*?)^```$/gm)].map(([, name, text]) => [
    String(name),
    String(text),
  ]),
);

type Library = typeof import('../../src/index.js');
interface SignUpModules extends Pick<Library, 'createSessions' | 'FileUserDirectory'> {
  moinSessions: typeof moinSessions;
  accountRoutes(...args: object[]): express.Router;
}

let folder: string;

/** An application that has the package installed and the page's programs as its files. */
beforeAll(() => {
  folder = mkdtempSync(join(inject('built'), 'auth-'));
  const installed = join(folder, 'node_modules', 'moin-sessions');
  mkdirSync(installed, { recursive: true });
  cpSync(join(inject('built'), 'dist'), join(installed, 'dist'), { recursive: true });
  cpSync(join(PROJECT, 'package.json'), join(installed, 'package.json'));
  const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc');
  const args = [compiler, '--emitDeclarationOnly', '--outDir', join(installed, 'dist')];
  execFileSync(process.execPath, args, { cwd: PROJECT });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const [name, text] of programs) writeFileSync(join(folder, name), text);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The exports of a program of the page. */
async function load<T>(name: string): Promise<T> {
  expect([...programs.keys()]).toContain(name);
  return (await createJiti(import.meta.url, { fsCache: false }).import(join(folder, name))) as T;
}

/** A browser at a site in memory with this chain. */
function browserAt(options: SessionsOptions): Browser {
  const sessions = createSessions({ store: 'memory:', secrets: SECRET, ...options });
  return new Browser(sessions, new CookieJar(Date.now));
}

describe('docs/auth.md', () => {
  test('all its programs compile, as an application would compile them', () => {
    const compilerOptions = {
      target: 'es2022',
      module: 'nodenext',
      moduleResolution: 'nodenext',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      allowJs: true,
    };
    const files = [...programs.keys()];
    expect(files.length).toBeGreaterThan(6);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc');
    expect(spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' }).stdout).toBe('');
  });

  test('it names each member that a session of your own needs besides those of a Map', () => {
    const [, paragraph = ''] = /^### A session class\n\n([\s\S]*?)\n\n/m.exec(page) ?? [];
    const [, list = ''] = /: a `Map` with (.*?)\./s.exec(paragraph) ?? [];
    const named = [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(named.sort()).toEqual(missingSessionMembers(new Map()).sort());
  });

  test.each(['chain.ts', 'strategies.ts'])('createSessions takes the configuration %s', async (name) => {
    const { default: options } = await load<{ default: SessionsOptions }>(name);
    expect(() => createSessions({ ...options, store: 'memory:', secrets: SECRET })).not.toThrow();
  });

  test('the strategy logs alice in', async () => {
    const { default: options } = await load<{ default: SessionsOptions }>('strategies.ts');
    const browser = browserAt(options);
    const login = (password: string) =>
      browser.visit({
        method: 'POST',
        form: { login: true, name: 'alice', password },
        body: { name: 'alice', password },
      });
    expect((await login('wrong')).user).toBeNull();
    expect((await login('a good password')).user).toBe('alice');
  });

  test('the LDAP method logs in whom the server accepts and the directory knows, and no empty password', async () => {
    const { ldapLogin } = await load<{ ldapLogin: (server: object) => AuthMethod }>('ldap.ts');
    const bind = async (name: string, password: string) => (password === 'wrong' ? null : { uid: name });
    const users = new TestUsers();
    const browser = browserAt({ users, auth: [ldapLogin({ bind }), 'moin_session'] });
    const login = async (name: string, password: string) =>
      (await browser.visit({ form: { login: true, name, password } })).reasons.ldap;
    expect(await login('alice', 'wrong')).toBe('rejected');
    expect(await login('alice', '')).toBe('rejected');
    expect(await login('mallory', 'x')).toBe('rejected');
    expect(await login('alice', 'x')).toBe('accepted');
    expect((await browser.visit()).user).toBe('alice');
    expect(() => browserAt({ auth: [ldapLogin({ bind })] })).toThrow("ldap needs the option 'users'");
  });

  test('the legacy session sets, keeps and deletes its cookie', async () => {
    const { legacySession } = await load<{ legacySession: (sessions: object) => AuthMethod }>('legacy.ts');
    const kept = new LegacySessions();
    const browser = browserAt({ auth: [legacySession({ find: async (id?: string) => kept.find(id) })] });
    const set = (session: Session) => session.set('a', 1);
    expect((await browser.visit({}, set)).headers['set-cookie']).toMatch(/^legacy=[\w-]+; Path/);
    const { session, headers } = await browser.visit();
    expect(session.get('a')).toBe(1);
    expect(headers).not.toHaveProperty('set-cookie');
    expect((await browser.logOut()).headers['set-cookie']).toBe('legacy=; Path=/; Max-Age=0');
  });

  test('the bearer method is that of examples/bearer, and gives a token that opens the session', async () => {
    expect(programs.get('bearer.mjs')).toBe(
      readFileSync(join(PROJECT, 'examples/bearer/bearer.mjs'), 'utf8'),
    );
    const { bearer } = await load<{ bearer: AuthMethod }>('bearer.mjs');
    const auth = ['moin_login', bearer, 'moin_session', 'moin_anon_session'] as const;
    const { sessions } = makeSite({ auth });
    const form = { login: true, name: 'alice', password: 'alice' };
    const login = await sessions.begin({ method: 'POST', url: '/api/session', form });
    const headers = await login.commit();
    expect(headers).not.toHaveProperty('set-cookie');
    const authorization = `Bearer ${headers['x-session-token']}`;
    expect((await sessions.begin({ headers: { authorization } })).user?.name).toBe('alice');
  });

  test('the directory in a data base checks passwords and hides hash and salt', async () => {
    const { SqlUsers } = await load<{ SqlUsers: new (query: object) => UserDirectory }>('sql-users.ts');
    const { scryptSync } = await import('node:crypto');
    const salt = '0a'.repeat(16);
    const hash = scryptSync('right', Buffer.from(salt, 'hex'), 32).toString('hex');
    const rows = [{ id: '17', name: 'alice', roles: ['editor'], salt, hash }];
    const users = new SqlUsers(async (where: 'id' | 'name', value: string) =>
      rows.find((row) => row[where] === value),
    );
    const browser = browserAt({ users });
    const login = (name: string, password: string) =>
      browser.visit({ form: { login: true, name, password } });
    const stamps = [await users.passwordStamp?.('17'), await users.passwordStamp?.('')];
    expect(stamps).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), null]);
    expect((await login('alice', 'wrong')).user).toBeNull();
    expect((await login('nobody', 'right')).user).toBeNull();
    const { visit } = await login('alice', 'right');
    expect(visit.user).toEqual({ id: '17', name: 'alice', method: 'moin_login', roles: ['editor'] });
    const { isEditor } = await load<{ isEditor: (of: object) => boolean }>('fields.ts');
    expect(isEditor(visit)).toBe(true);
  });

  test('S4: the sign-up logs in, says what is wrong with a name, and a new password ends the other sessions', async () => {
    // One module, so that all of it is of one copy of the package.
    const modules = ['moin-sessions', 'moin-sessions/express', './sign-up.ts'];
    writeFileSync(join(folder, 'all.ts'), modules.map((name) => `export * from '${name}';`).join('\n'));
    const built = await createJiti(import.meta.url, { fsCache: false }).import<SignUpModules>(
      join(folder, 'all.ts'),
    );
    const users = new built.FileUserDirectory(join(folder, 'users.json'), { scrypt: { cost: 2 } });
    const sessions = built.createSessions({ store: 'memory:', secrets: SECRET, users });
    const app = express().use(built.moinSessions(sessions), built.accountRoutes(sessions, users));
    app.post('/login', (_request, response) => void response.send());
    app.get('/', ({ visit }, response) => void response.json(visit.user?.name ?? null));
    const { origin, close } = await listen(createServer(app));
    onTestFinished(async () => void (await close()));
    const browser = () => {
      let cookie = '';
      return async (path: string, form?: Record<string, string>, headers = {}) => {
        const init = form && { method: 'POST', body: new URLSearchParams(form) };
        const sent = { ...init, headers: { cookie, ...headers }, redirect: 'manual' } as const;
        const answer = await fetch(origin + path, sent);
        cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
        return { status: answer.status, text: await answer.text() };
      };
    };
    const [here, there] = [browser(), browser()];
    const alice = { name: '<alice>', password: 'a good password' };
    expect((await here('/sign-up', alice, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await here('/sign-up', alice)).status).toBe(303);
    expect((await here('/')).text).toBe('"<alice>"');
    const taken = await there('/sign-up', alice);
    expect(taken).toMatchObject({ status: 409, text: expect.stringContaining('&#60;alice&#62;') });
    expect(await there('/sign-up', { name: 'bob' })).toMatchObject({
      status: 400,
      text: expect.stringContaining('the password is missing'),
    });
    await there('/login', { login: '1', ...alice });
    expect((await there('/')).text).toBe('"<alice>"');
    const change = { current: 'wrong', password: 'a better password' };
    expect((await here('/password', change)).status).toBe(403);
    expect((await here('/password', { ...change, current: 'a good password', password: '' })).status).toBe(
      400,
    );
    expect((await there('/')).text).toBe('"<alice>"');
    expect((await here('/password', { ...change, current: 'a good password' })).status).toBe(303);
    expect((await here('/')).text).toBe('"<alice>"');
    expect((await there('/')).text).toBe('null');
    expect((await there('/password', change)).status).toBe(303);
  });

  test('it names every field of what methods get and give', () => {
    const source = ['method', 'auth-context'].map((name) =>
      readFileSync(join(PROJECT, `src/auth/${name}.ts`), 'utf8'),
    );
    for (const name of ['AuthRequest', 'Known', 'AuthResult', 'AuthSite', 'AuthContext', 'TokenSession']) {
      const [, body = ''] =
        new RegExp(`export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(source.join('\n')) ??
        [];
      const fields = [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, field]) => field);
      expect(fields.length, name).toBeGreaterThan(2);
      for (const field of fields) expect(page, `${name}.${field}`).toMatch(new RegExp(`\`${field}[\`(]`));
    }
  });
});
