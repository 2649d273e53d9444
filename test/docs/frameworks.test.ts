import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { need } from '../aid/need.js';
import { HttpBrowser, visitor } from '../aid/web/http-browser.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const ECOSYSTEM = join(PROJECT, 'test/ecosystem/node_modules');
/** What the programs import that is installed in the folder of the ecosystem. */
const INSTALLED_THERE = ['@nestjs', 'koa', 'reflect-metadata', 'rxjs'];

/** The programs of a page, by the name that it gives them. */
const programsOf = (page: string) =>
  [...readFileSync(join(PROJECT, page), 'utf8').matchAll(/^```[jt]s file=(\S+)\n([\s\S]*?)^```$/gm)].map(
    ([, name, text]) => [String(name), String(text)] as const,
  );

const FRAMEWORKS = programsOf('docs/frameworks.md');
const ALICE = { name: 'alice', password: 'a good password' };
const LOGIN = { login: '1', ...ALICE };

let folder: string;
let child: ChildProcess | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(inject('built'), 'frameworks-'));
  for (const [name, text] of [...programsOf('README.md'), ...FRAMEWORKS])
    writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'node_modules'));
  for (const name of INSTALLED_THERE.filter((name) => existsSync(join(ECOSYSTEM, name))))
    symlinkSync(join(ECOSYSTEM, name), join(folder, 'node_modules', name));
  const add = [join(inject('built'), 'bin/moin-sessions.js'), 'users', 'add', 'alice', '--password-stdin'];
  const config = join(folder, 'moin-sessions.config.mjs');
  const env = { ...process.env, MOIN_SESSIONS_CONFIG: config };
  const { stderr } = spawnSync(process.execPath, add, {
    env,
    input: `${ALICE.password}\n`,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

afterEach(() => {
  child?.kill();
  child = undefined;
});

/** Starts a program, and returns the address that it prints. jiti compiles the decorators of TypeScript. */
async function start(name: string): Promise<string> {
  const jiti = name.endsWith('.ts') ? [join(PROJECT, 'node_modules/jiti/lib/jiti-cli.mjs')] : [];
  child = spawn(process.execPath, [...jiti, name], { cwd: folder, env: { ...process.env, PORT: '0' } });
  let printed = '';
  child.stderr?.on('data', (chunk) => {
    printed += chunk;
  });
  for await (const line of createInterface(child.stdout as NonNullable<ChildProcess['stdout']>)) {
    const origin = /^listening on (\S+)$/.exec(line)?.[1];
    if (origin !== undefined) return origin;
    printed += line;
  }
  throw new Error(`${name} did not start: ${printed}`);
}

const missing = existsSync(join(ECOSYSTEM, 'koa'))
  ? null
  : "the frameworks are not installed: run 'npm run ecosystem:install'";

describe('the programs of docs/frameworks.md', () => {
  it('are all run below', () => {
    expect(FRAMEWORKS.map(([name]) => name)).toEqual([
      'login.js',
      'fastify-plugins.mjs',
      'hono-test.mjs',
      'fetch.mjs',
      'nest-app.ts',
      'nest-express.ts',
      'nest-fastify.ts',
      'koa.mjs',
      'websocket.mjs',
      'sse.mjs',
    ]);
  });

  const inEcosystem = ['koa.mjs', 'nest-express.ts', 'nest-fastify.ts'];
  it.for([...inEcosystem, 'websocket.mjs'])(
    '%s counts, keeps values at the login, logs out',
    async (name, context) => {
      if (inEcosystem.includes(name)) need(context, missing);
      const browser = new HttpBrowser(await start(name));
      const page = async () => (await browser.fetch('/')).text();
      expect(await page()).toContain('Moin, stranger! Your browser has just got its cookie.');
      expect(await page()).toContain('Page views: 1. You came by /');
      expect((await browser.post('/login', { ...LOGIN, password: 'wrong' })).status).toBe(303);
      expect(await page()).toContain('Moin, stranger! Page views: 2');
      const json = { method: 'POST', body: JSON.stringify({ ...LOGIN, login: true }) };
      await browser.fetch('/login', { ...json, headers: { 'content-type': 'application/json' } });
      expect(await page()).toContain('Moin, alice! Page views: 3');
      await browser.post('/logout', { logout: '1' });
      expect(await page()).toContain('Moin, stranger!');
      expect((await browser.post('/login', LOGIN)).headers.get('set-cookie')).toMatch(/^MOIN_SESSION=user\./);
    },
  );

  it.for(['nest-express.ts', 'nest-fastify.ts'])(
    '%s: a guard lets users in, and nobody else',
    async (name, context) => {
      need(context, missing);
      const browser = new HttpBrowser(await start(name));
      expect((await browser.fetch('/private')).status).toBe(403);
      await browser.post('/login', LOGIN);
      expect(await (await browser.fetch('/private')).text()).toBe('for users only');
    },
  );

  it('fastify-plugins.mjs takes a form with its token, and shows the message once', async () => {
    const browser = await visitor(await start('fastify-plugins.mjs'));
    const page = async () => (await browser.fetch('/')).text();
    const [, token = ''] = /value="([^"]+)"/.exec(await page()) ?? [];
    expect((await browser.post('/', { _csrf: 'wrong' })).status).toBe(403);
    expect((await browser.post('/', { _csrf: token })).status).toBe(303);
    expect(await page()).toContain('<p>saved</p>');
    expect(await page()).toContain('<p></p>');
  });

  it('hono-test.mjs prints who has logged in', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['hono-test.mjs'], { cwd: folder });
    expect(stdout).toBe('alice\n');
  });

  it('fetch.mjs answers requests, and login.js logs in', async () => {
    const { handle } = await import(join(folder, 'fetch.mjs'));
    const { logIn } = await import(join(folder, 'login.js'));
    const page = await handle(new Request('http://x/'));
    expect(await page.text()).toContain('Moin, stranger!');
    const browserFetch = globalThis.fetch;
    globalThis.fetch = (path, init) => handle(new Request(`http://x${path}`, init));
    const response: Response = await logIn(ALICE.name, ALICE.password).finally(() => {
      globalThis.fetch = browserFetch;
    });
    expect([response.status, response.headers.get('set-cookie')]).toEqual([
      303,
      expect.stringMatching(/^MOIN_SESSION=user\./),
    ]);
  });

  it('websocket.mjs serves users of its own pages, saves at once, and closes at the logout', async () => {
    const origin = await start('websocket.mjs');
    const browser = await visitor(origin);
    const connect = (headers: Record<string, string>) =>
      new WebSocket(origin.replace('http', 'ws'), { headers: { cookie: browser.cookie, ...headers } });
    const [refused] = await once(connect({ origin }), 'error');
    expect(refused.message).toContain('401');
    await browser.post('/login', LOGIN);
    const [foreign] = await once(connect({ origin: 'https://evil.example' }), 'error');
    expect(foreign.message).toContain('401');
    const socket = connect({ origin });
    await once(socket, 'open');
    for (const count of [1, 2]) {
      socket.send('moin');
      expect(String((await once(socket, 'message'))[0])).toBe(`alice: ${count}`);
    }
    const closed = once(socket, 'close');
    await browser.post('/logout', { logout: '1' });
    expect((await closed)[0]).toBe(1008);
  });

  describe('a store that fails costs the connection, not the process:', () => {
    /** Puts a file in the place of the store's folder while `act` runs. */
    async function withoutStore(act: () => Promise<void>): Promise<void> {
      const store = join(folder, 'sessions');
      renameSync(store, `${store}.away`);
      writeFileSync(store, '');
      await act().finally(() => {
        rmSync(store);
        renameSync(`${store}.away`, store);
      });
    }

    it('websocket.mjs', async () => {
      const origin = await start('websocket.mjs');
      const browser = await visitor(origin);
      await browser.post('/login', LOGIN);
      const socket = new WebSocket(origin.replace('http', 'ws'), {
        headers: { cookie: browser.cookie, origin },
      });
      await once(socket, 'open');
      await withoutStore(async () => {
        const closed = once(socket, 'close');
        socket.send('moin');
        expect((await closed)[0]).toBe(1011);
      });
      expect((await browser.fetch('/')).status).toBe(200);
    });

    it('sse.mjs', async () => {
      const browser = new HttpBrowser(await start('sse.mjs'));
      await browser.post('/login', LOGIN);
      const reader = (await browser.fetch('/')).body?.getReader();
      await reader?.read();
      await withoutStore(async () => {
        while ((await reader?.read())?.done === false);
      });
      const again = await browser.fetch('/');
      expect(again.status).toBe(200);
      await again.body?.cancel();
    });
  });

  it('sse.mjs sends what is saved, and ends at the logout', async () => {
    const browser = new HttpBrowser(await start('sse.mjs'));
    expect((await browser.fetch('/')).status).toBe(401);
    await browser.post('/login', LOGIN);
    const stream = await browser.fetch('/');
    const reader = stream.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: 1\n\n');
    await browser.post('/logout', { logout: '1' });
    let part = await reader?.read();
    while (part?.done === false) part = await reader?.read();
    expect(part?.done).toBe(true);
  });
});
