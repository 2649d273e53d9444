import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { type Balancer, startBalancer } from '../aid/balancer.js';
import { missingChromium, openBrowser } from '../aid/chromium.js';
import { need } from '../aid/need.js';
import { NO_REDIS } from '../aid/redis/process.js';
import { type RedisServer, startRedis } from '../aid/redis/server.js';
import { until } from '../aid/redis/until.js';
import { startWiki, type Wiki } from '../aid/wiki.js';
import { exampleOn, logIn, SLOW, sessionCookie, trailOn, whoIsIn } from '../aid/wiki-visit.js';

const PASSWORD = 'open: sesame/?';
const env = { MOIN_SESSIONS_REDIS_PASSWORD: PASSWORD };

/** How long (ms) a call to Redis may take. */
const LIMIT = 4_000;

describe('two wikis on one Redis, behind a proxy, in a browser', { timeout: SLOW }, () => {
  let folder: string;
  let redis: RedisServer;
  let store: string;
  let wikis: [Wiki, Wiki];
  let proxy: Balancer;
  let browser: Browser;
  /** Only the first wiki made the users, and said their password. */
  let password: string;

  /** Each has a working directory of its own, as on a machine of its own, and so no secret in common but that in Redis. */
  function startOne(name: 'one' | 'other', port = 0): Promise<Wiki> {
    const cwd = join(folder, name);
    mkdirSync(cwd, { recursive: true });
    const users = join(folder, 'users.json');
    return startWiki(inject('built'), store, { cwd, users, env, port, stderr: 'pipe' });
  }

  beforeAll(async () => {
    if (missing() !== null) return;
    folder = mkdtempSync(join(tmpdir(), 'moin-wikis-'));
    redis = await startRedis({ password: PASSWORD, persistence: 'aof' });
    store = `redis://127.0.0.1:${redis.port}?timeout=${LIMIT}`;
    const first = await startOne('one');
    wikis = [first, await startOne('other')];
    password = first.password;
    proxy = await startBalancer(wikis.map(({ url }) => url));
    browser = await openBrowser();
  });
  beforeEach((context) => need(context, missing()));
  afterAll(async () => {
    await browser?.close();
    await proxy?.close();
    for (const wiki of wikis ?? []) await wiki.stop();
    await redis?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  async function person(): Promise<BrowserContext> {
    const context = await browser.newContext({ baseURL: proxy.origin });
    onTestFinished(() => context.close());
    return context;
  }

  /** Who is logged in, as each of the two says, and the trail on each. A browser sends its cookies to all ports of a host. */
  async function seenByEach(page: Page, path: string) {
    const seen = [];
    for (const { url } of wikis) {
      const status = (await page.goto(url + path))?.status();
      seen.push({ status, user: await whoIsIn(page), trail: await trailOn(page) });
    }
    return seen;
  }

  async function cli(...words: string[]): Promise<string> {
    const command = [join(inject('built'), 'bin/moin-sessions.js'), '--store', store, ...words];
    const run = promisify(execFile)(process.execPath, command, {
      cwd: folder,
      env: { ...process.env, ...env },
    });
    return (await run).stdout;
  }

  it('A1 S4 S8: a visitor walks from one to the other, keeps value and trail at a login, and meets both', async () => {
    const context = await person();
    const page = await context.newPage();
    proxy.passed.splice(0);
    await page.goto('/');
    expect(await trailOn(page)).toEqual([]);
    expect(await cli('list', '--anonymous', '--format', 'count')).toBe('0\n');
    for (const name of ['Sessions', 'SessionExample', 'CommandLine']) await page.goto(`/wiki/${name}`);
    expect(await trailOn(page)).toEqual(['Sessions', 'SessionExample', 'CommandLine']);
    await page.goto('/wiki/SessionExample');
    const value = await exampleOn(page);
    expect(value).toMatch(/^the value is \d+$/);
    const before = await sessionCookie(context);
    await logIn(page, 'alice', password);
    expect((await sessionCookie(context))?.value).not.toBe(before?.value);
    for (const { url } of wikis) {
      await page.goto(`${url}/wiki/SessionExample`);
      expect([await whoIsIn(page), await exampleOn(page)]).toEqual(['alice', value]);
      expect(await trailOn(page)).toEqual(['Sessions', 'CommandLine', 'FrontPage', 'SessionExample']);
    }
    const pages = proxy.passed.filter(({ path }) => !path.startsWith('/static'));
    expect(new Set(pages.map(({ server }) => server)).size).toBe(2);
  });

  it('I1: tabs that open in the same moment, on both, agree on one value, and all pages are in the trail', async () => {
    const context = await person();
    const page = await context.newPage();
    await page.goto('/login');
    const tabs = await Promise.all(Array.from({ length: 4 }, () => context.newPage()));
    const names = ['SessionExample', 'SessionExample', 'Sessions', 'CommandLine'];
    const urls = names.map((name, n) => `${(wikis[n % 2] as Wiki).url}/wiki/${name}`);
    await Promise.all(tabs.map((tab, n) => tab.goto(urls[n] as string)));
    const said = await Promise.all(tabs.slice(0, 2).map(exampleOn));
    expect(said.filter((text) => text.startsWith('set to value'))).toHaveLength(1);
    expect(new Set(said.map((text) => /\d+$/.exec(text)?.[0])).size).toBe(1);
    await page.goto('/login');
    expect((await trailOn(page)).sort()).toEqual(['CommandLine', 'SessionExample', 'Sessions']);
  });

  it('kill -9 of one while pages load: the other answers them all, and knows user, value and trail', async () => {
    const context = await person();
    const page = await context.newPage();
    await logIn(page, 'alice', password);
    await page.goto(`${wikis[0].url}/wiki/SessionExample`);
    const value = /\d+$/.exec(await exampleOn(page))?.[0];
    const tabs = await Promise.all(Array.from({ length: 4 }, () => context.newPage()));
    const names = ['Sessions', 'CommandLine', 'Сеансы', 'SessionExample'];
    proxy.passed.splice(0);
    // No page is done before both wikis have some.
    redis.pause();
    onTestFinished(() => redis.resume());
    const loading = tabs.map((tab, n) => tab.goto(`/wiki/${names[n]}`));
    await until('both wikis have pages', () => proxy.passed.length >= tabs.length);
    await wikis[0].kill();
    redis.resume();
    const statuses = (await Promise.all(loading)).map((response) => response?.status());
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(await Promise.all(tabs.map(whoIsIn))).toEqual(['alice', 'alice', 'alice', 'alice']);
    expect(await exampleOn(tabs[3] as Page)).toBe(`the value is ${value}`);
    await page.goto('/login');
    expect((await trailOn(page)).sort()).toEqual(
      ['CommandLine', 'FrontPage', 'SessionExample', 'Sessions', 'Сеансы'].sort(),
    );
    wikis[0] = await startOne('one', Number(new URL(wikis[0].url).port));
    const trail = await trailOn(page);
    expect(await seenByEach(page, '/login')).toEqual(
      [1, 2].map(() => ({ status: 200, user: 'alice', trail })),
    );
  });

  it('S6: who logs out on one is logged out on the other, and the cookie of before opens nothing there', async () => {
    const context = await person();
    const page = await context.newPage();
    await logIn(page, 'alice', password);
    const before = await context.cookies();
    await page.goto(wikis[0].url);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.goto(wikis[1].url);
    expect(await whoIsIn(page)).toBeNull();
    const thief = await person();
    await thief.addCookies(before);
    const stolen = await thief.newPage();
    await stolen.goto(`${wikis[1].url}/wiki/Sessions`);
    expect(await whoIsIn(stolen)).toBeNull();
  });

  it('an administrator sees the session by the command line, and throws the user out of both', async () => {
    const page = await (await person()).newPage();
    await logIn(page, 'Алёна', password);
    expect(await cli('list', '--user', 'Алёна', '--format', 'count')).toBe('1\n');
    const report = await cli('expire', '--user', 'Алёна', '--yes', '--json');
    expect(JSON.parse(report)).toMatchObject({ matched: 1, expired: 1, failed: 0 });
    expect((await seenByEach(page, '/login')).map(({ user }) => user)).toEqual([null, null]);
    // As the wiki says to look into its store: by the configuration that it wrote.
    expect(await wikis[1].cli('list', '--user', 'Алёна', '--active', '--format', 'count')).toBe('0\n');
  });

  it('Redis is killed: pages fail and let nobody in; it is back: the next click works, with all there was', async () => {
    const page = await (await person()).newPage();
    await logIn(page, 'alice', password);
    await page.goto('/wiki/SessionExample');
    const value = /\d+$/.exec(await exampleOn(page))?.[0];
    const trail = await trailOn(page);
    await redis.kill();
    for (const { status, user } of await seenByEach(page, '/wiki/Sessions')) {
      expect([status, user]).toEqual([500, null]);
    }
    await redis.restart();
    expect(await seenByEach(page, '/login')).toEqual(
      [1, 2].map(() => ({ status: 200, user: 'alice', trail })),
    );
    await page.goto('/wiki/SessionExample');
    expect(await exampleOn(page)).toBe(`the value is ${value}`);
    for (const { log } of wikis) {
      expect(log).toContain(`the store ${store} `);
      expect(log).not.toContain(PASSWORD);
    }
  });

  it('Redis hangs: each page fails within the time limit; it goes on: the next click works', async () => {
    const page = await (await person()).newPage();
    await logIn(page, 'alice', password);
    const [cookie] = await page.context().cookies();
    const headers = { cookie: `${cookie?.name}=${cookie?.value}` };
    redis.pause();
    onTestFinished(() => redis.resume());
    // The first to wait, and one that comes when the connection was given up.
    for (const { url } of [...wikis, ...wikis]) {
      const begun = performance.now();
      const response = await fetch(url, { headers });
      expect(performance.now() - begun).toBeLessThan(LIMIT + 2_000);
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain('alice');
    }
    redis.resume();
    expect((await seenByEach(page, '/login')).map(({ user }) => user)).toEqual(['alice', 'alice']);
  });

  it('the wiki says where its sessions are, without the password, and ends at a signal', async () => {
    const cwd = mkdtempSync(join(folder, 'elsewhere-'));
    const wiki = await startWiki(inject('built'), redis.url, { cwd });
    onTestFinished(() => wiki.kill());
    const location = `redis://127.0.0.1:${redis.port}`;
    expect(wiki.said[0]).toBe(`sessions: ${location}`);
    expect(wiki.said.join()).not.toContain(encodeURIComponent(PASSWORD));
    expect(await wiki.cli('list', '--limit', '1', '--format', 'count')).toBe('1\n');
    expect(await wiki.stop()).toBe(0);
  });

  it('the wiki does not start with a user file that is none, and does not stay connected', async () => {
    const users = join(folder, 'no-users.json');
    writeFileSync(users, '{');
    const started = startWiki(inject('built'), redis.url, { cwd: folder, users, stderr: 'pipe' });
    await expect(started).rejects.toThrow(/^the wiki ended with \d: wiki: [^\n]*no-users.json[^\n]*\n$/);
  });

  it('the wiki does not start while Redis is down: one line says what to do', async () => {
    const started = startWiki(inject('built'), 'redis://127.0.0.1:1', { cwd: folder, stderr: 'pipe' });
    await expect(started).rejects.toThrow(
      /^the wiki ended with 1: wiki: the store redis:\/\/127.0.0.1:1 [^\n]*ECONNREFUSED[^\n]*start Redis[^\n]*\n$/,
    );
  });
});

function missing(): string | null {
  return missingChromium() ?? NO_REDIS;
}
