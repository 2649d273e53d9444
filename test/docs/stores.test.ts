import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { installPacked, type PackedPackage } from '../aid/installed.js';
import { need } from '../aid/need.js';
import { NO_REDIS } from '../aid/redis/process.js';
import { type RedisServer, startRedis } from '../aid/redis/server.js';

const page = readFileSync(new URL('../../docs/stores.md', import.meta.url), 'utf8');
const programs = [...page.matchAll(/^```js file=(redis\S*)\n([\s\S]*?)^```$/gm)].map(
  ([, name = '', text = '']) => [name, text] as const,
);

let server: RedisServer;
let application: PackedPackage;
beforeAll(async () => {
  if (NO_REDIS !== null) return;
  server = await startRedis();
  application = installPacked(inject('built'), { redis: 'redis' });
});
afterAll(async () => {
  application?.remove();
  await server?.stop();
});

beforeEach((context) => need(context, NO_REDIS));

it.each(programs)('the program %s of docs/stores.md runs', (name, text) => {
  writeFileSync(join(application.folder, name), text.replace('localhost:6379', `127.0.0.1:${server.port}`));
  const { status, stderr } = spawnSync(process.execPath, [name], {
    cwd: application.folder,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

it('shows two programs', () => {
  expect(programs.map(([name]) => name)).toEqual(['redis.mjs', 'redis-client.mjs']);
});

it('the package redis is missed in one line', async () => {
  const without = installPacked(inject('built'));
  const modules = join(without.root, 'node_modules');
  const all = realpathSync(modules);
  rmSync(modules);
  const { dependencies } = JSON.parse(readFileSync(join(without.root, 'package.json'), 'utf8'));
  mkdirSync(modules);
  for (const name of Object.keys(dependencies)) symlinkSync(join(all, name), join(modules, name), 'dir');
  const program =
    "await (await import('moin-sessions')).createSessions({ store: 'redis://localhost' }).open()";
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: without.folder,
    encoding: 'utf8',
  });
  without.remove();
  expect(stderr).toMatch(/ConfigurationError: .*needs the package 'redis'.*: npm install redis/);
});
