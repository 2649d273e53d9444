import { join } from 'node:path';
import { beforeEach, expect, inject, it, onTestFinished } from 'vitest';
import { startBalancer } from '../aid/balancer.js';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { startProgram, withAlice } from '../aid/program.js';
import { NO_REDIS } from '../aid/redis/process.js';
import { startRedis } from '../aid/redis/server.js';
import { HttpBrowser } from '../aid/web/http-browser.js';
import { JITI } from '../aid/wiki.js';

beforeEach((context) => need(context, NO_REDIS));

it('two shops on one Redis: clicks at once fill one cart, a login keeps it, and a signal ends both', async () => {
  const redis = await startRedis();
  onTestFinished(redis.stop);
  const folder = temporaryFolder();
  await withAlice(join(folder, 'users.json'));
  const env = { SHOP_DATA: folder, SHOP_STORE: `redis://127.0.0.1:${redis.port}` };
  const main = join(inject('built'), 'examples/shop/main.ts');
  const shops = [];
  for (let count = 0; count < 2; count++) {
    const shop = await startProgram(folder, [JITI, main], env);
    onTestFinished(async () => void (await shop.stop()));
    shops.push(shop);
  }
  const proxy = await startBalancer(shops.map(({ url }) => url));
  onTestFinished(async () => void (await proxy.close()));
  const browser = new HttpBrowser(proxy.origin);

  const text = async () => (await browser.fetch('/cart')).text();
  const csrf = /name="csrf" value="([^"]+)"/.exec(await (await browser.fetch('/')).text())?.[1] ?? '';
  const clicks = Array.from({ length: 6 }, () => browser.post('/cart', { id: 'tea', csrf }));
  expect((await Promise.all(clicks)).map(({ status }) => status)).toEqual(Array(6).fill(303));
  await browser.post('/login', { login: '1', name: 'alice', password: 'a good password' });
  for (const page of [await text(), await text()]) {
    expect(page).toContain('6 × Tea');
    expect(page).toContain('alice');
  }
  expect(await Promise.all(shops.map((shop) => shop.stop()))).toEqual([0, 0]);
});
