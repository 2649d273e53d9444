import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type {} from 'connect-flash';
import express, { type RequestHandler } from 'express';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { createSessions } from '../../src/index.js';
import { moinSessions } from '../../src/web/express.js';
import { HttpBrowser } from '../aid/web/http-browser.js';
import { listen } from '../aid/web/listen.js';

/** The programs that docs/express.md shows, by the name that it gives them. */
const page = readFileSync(new URL('../../docs/express.md', import.meta.url), 'utf8');
const programs = [...page.matchAll(/^```js file=(\S+)\n([\s\S]*?)^```$/gm)];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(inject('built'), 'express-'));
  for (const [, name, text] of programs) writeFileSync(join(folder, String(name)), String(text));
  const program = join(inject('built'), 'bin/moin-sessions.js');
  const config = join(folder, 'moin-sessions.config.json');
  writeFileSync(config, '{ "users": "./users.json" }');
  const args = [program, '--config', config, 'users', 'add', 'alice', '--password-stdin'];
  expect(spawnSync(process.execPath, args, { input: 'a good password\n', encoding: 'utf8' }).stderr).toBe('');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a program of the page, and gives a browser on it. */
async function start(name: string): Promise<HttpBrowser> {
  const child = spawn(process.execPath, [name], { cwd: folder, env: { ...process.env, PORT: '0' } });
  onTestFinished(() => void child.kill());
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  for await (const line of createInterface(child.stdout)) {
    const url = /^listening on (\S+)$/.exec(line)?.[1];
    if (url !== undefined) return new HttpBrowser(url);
  }
  throw new Error(`${name} did not start: ${errors}`);
}

describe('app.mjs', () => {
  const GOOD = { login: '1', name: 'alice', password: 'a good password' };
  let browser: HttpBrowser;
  const home = async () => (await browser.json('/')) as { user: string; flash: string[]; csrf: string };

  beforeEach(async () => {
    browser = await start('app.mjs');
  });

  it('takes a form with the token of the page, from the very first page on', async () => {
    const { csrf } = await home();
    expect((await browser.post('/notes', { csrf, text: 'one' })).status).toBe(303);
    expect(await home()).toMatchObject({ flash: ['The note is saved.'] });
    expect(await home()).toMatchObject({ flash: [] });
  });

  it('refuses a form without a token or with a wrong one, and its error handler has the session', async () => {
    await home();
    expect((await browser.post('/notes', { text: 'one' })).status).toBe(403);
    expect((await browser.post('/notes', { text: 'one', csrf: 'guessed' })).status).toBe(403);
    const flash = ['That failed: invalid csrf token', 'That failed: invalid csrf token'];
    expect(await home()).toMatchObject({ flash });
  });

  it('a token of before the login does not count after it', async () => {
    const { csrf } = await home();
    expect((await browser.post('/login', GOOD)).status).toBe(303);
    expect((await browser.post('/notes', { csrf, text: 'planted' })).status).toBe(403);
    const after = await home();
    expect(after).toMatchObject({ user: 'alice', flash: ['You are logged in.', expect.any(String)] });
    expect((await browser.post('/notes', { csrf: after.csrf, text: 'own' })).status).toBe(303);
  });

  it('says that a login failed', async () => {
    await home();
    await browser.post('/login', { ...GOOD, password: 'wrong' });
    expect(await home()).toMatchObject({ user: null, flash: ['You are not logged in.'] });
  });
});

describe('the Passport programs', () => {
  it.each(['passport-chain.mjs', 'passport-route.mjs'])('%s logs in and knows the user', async (name) => {
    const browser = await start(name);
    const enter = (password: string) => browser.post('/enter', { username: 'alice', password });
    expect((await enter('wrong')).headers.get('location')).toBe('/enter?failed');
    expect(await browser.json('/')).toMatchObject({ user: null });
    expect((await enter('wonderland')).headers.get('location')).toBe('/');
    expect(await browser.json('/')).toMatchObject({ user: { id: '17', name: 'alice' } });
  });

  it('passport-route.mjs answers isAuthenticated, and logs out', async () => {
    const browser = await start('passport-route.mjs');
    await browser.post('/enter', { username: 'alice', password: 'wonderland' });
    expect(await browser.json('/')).toMatchObject({ isAuthenticated: true });
    await browser.post('/leave', {});
    expect(await browser.json('/')).toEqual({ user: null, isAuthenticated: false });
  });
});

describe('connect-flash.mjs', () => {
  it('queues messages until they are read, and costs a visitor without messages no record', async () => {
    const { flash } = (await import(pathToFileURL(join(folder, 'connect-flash.mjs')).href)) as {
      flash: RequestHandler[];
    };
    const sessions = createSessions({
      store: 'memory:',
      secrets: 'x'.repeat(32),
      anonymousCookieLifetime: 1,
    });
    const app = express();
    app.use(moinSessions(sessions), flash);
    app.get('/add', (request, response) => {
      // With a format, as Node 23 needs it.
      response.json([request.flash('info', '%s', 'one'), request.flash('info', '%s is %s', 'two', 2)]);
    });
    app.get('/', (request, response) => void response.json(request.flash('info')));
    const running = await listen(createServer(app));
    onTestFinished(async () => void (await running.close()));
    const browser = new HttpBrowser(running.origin);
    expect([await browser.json('/'), await browser.json('/')]).toEqual([[], []]);
    const ids: string[] = [];
    for await (const { id } of sessions.list()) ids.push(id);
    expect(ids).toEqual([]);
    expect(await browser.json('/add')).toEqual([1, 2]);
    expect(await browser.json('/')).toEqual(['one', 'two is 2']);
    expect(await browser.json('/')).toEqual([]);
  });
});
