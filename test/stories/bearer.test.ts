import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { HttpBrowser } from '../aid/web/http-browser.js';

const PASSWORD = 'a good password';

let folder: string;
let server: ChildProcess;
let origin: string;

/** Runs the command line on the example's own configuration. */
function cli(...args: string[]): string {
  const program = join(inject('built'), 'bin/moin-sessions.js');
  const command = [program, '--config', join(folder, 'moin-sessions.config.mjs'), ...args];
  const { stdout, stderr, status } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    input: PASSWORD,
  });
  expect([stderr, status]).toEqual([expect.any(String), 0]);
  return stdout;
}

interface Sent {
  token?: string | undefined;
  json?: unknown;
}

/** A request of an API client. */
function call(path: string, { token, json }: Sent = {}): Promise<Response> {
  const headers = new Headers({ 'content-type': 'application/json' });
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  return fetch(origin + path, {
    headers,
    ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
  });
}

async function logIn(name: string): Promise<string> {
  const response = await call('/api/session', { json: { login: true, name, password: PASSWORD } });
  expect(response.status).toBe(201);
  expect(response.headers.getSetCookie()).toEqual([]);
  expect(response.headers.get('cache-control')).toContain('no-store');
  return String(response.headers.get('x-session-token'));
}

beforeAll(async () => {
  folder = mkdtempSync(join(inject('built'), 'bearer-'));
  cpSync(join(inject('built'), 'examples/bearer'), folder, { recursive: true });
  for (const name of ['alice', 'bob']) cli('users', 'add', name, '--password-stdin');
  const env = { ...process.env, PORT: '0' };
  server = spawn(process.execPath, ['main.mjs'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: server.stdout as NodeJS.ReadableStream }), 'line');
  origin = /^listening on (\S+)$/.exec(String(line))?.[1] ?? '';
});

afterAll(() => {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe('the bearer example, over HTTP', () => {
  it('a client logs in, keeps notes, rotates its token, and logs out', async () => {
    const token = await logIn('alice');
    expect(await (await call('/api/notes', { token, json: { text: 'tea' } })).json()).toEqual(['tea']);
    const notes = await call('/api/notes', { token });
    expect(await notes.json()).toEqual(['tea']);
    expect(notes.headers.getSetCookie()).toEqual([]);
    expect(notes.headers.get('vary')).toContain('Authorization');
    const rotated = await call('/api/token', { token, json: {} });
    const next = String(rotated.headers.get('x-session-token'));
    expect((await call('/api/notes', { token })).status).toBe(401);
    expect(await (await call('/api/notes', { token: next })).json()).toEqual(['tea']);
    expect((await call('/api/session', { token: next, json: { logout: true } })).status).toBe(204);
    expect((await call('/api/notes', { token: next })).status).toBe(401);
  });

  it('no token, a wrong password and rubbish get a 401 and no cookie', async () => {
    const wrong = { login: true, name: 'alice', password: 'wrong' };
    for (const response of [
      await call('/api/session', { json: wrong }),
      await call('/api/notes', { token: 'rubbish' }),
    ]) {
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(response.headers.has('x-session-token')).toBe(false);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect((await call('/api/notes')).status).toBe(401);
  });

  it('`list` shows the session, and `expire` ends it', async () => {
    const token = await logIn('alice');
    expect(cli('list', '--user', 'alice', '--active', '--format', 'count')).toBe('1\n');
    cli('expire', '--user', 'alice', '--yes');
    expect((await call('/api/notes', { token })).status).toBe(401);
  });

  it('S3: a user whom `users disable` disables is out', async () => {
    const token = await logIn('bob');
    expect((await call('/api/notes', { token })).status).toBe(200);
    cli('users', 'disable', 'bob', '--yes');
    expect((await call('/api/notes', { token })).status).toBe(401);
    const login = { login: true, name: 'bob', password: PASSWORD };
    expect((await call('/api/session', { json: login })).status).toBe(401);
  });

  it('browsers beside it log in by a form and have the cookie', async () => {
    const browser = new HttpBrowser(origin);
    await browser.fetch('/');
    await browser.post('/login', { login: '1', name: 'alice', password: PASSWORD });
    expect(browser.cookie).toMatch(/^MOIN_SESSION=user\./);
    expect(await (await browser.fetch('/')).text()).toContain('Moin, alice!');
    await browser.post('/logout', { logout: '1' });
    expect(await (await browser.fetch('/')).text()).toContain('Log in');
  });
});
