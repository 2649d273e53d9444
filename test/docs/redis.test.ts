import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, it, onTestFinished } from 'vitest';
import { need } from '../aid/need.js';
import { logInAlice, page, startProgram, withAlice } from '../aid/program.js';
import { NO_REDIS } from '../aid/redis/process.js';
import { startRedis } from '../aid/redis/server.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const programs = new Map(
  [...readme.matchAll(/^```js file=(\S+)\n([\s\S]*?)^```$/gm)].map(([, name, text]) => [
    String(name),
    String(text),
  ]),
);
const before = String(programs.get('moin-sessions.config.mjs'));
const after = String(programs.get('redis.config.mjs'));

it('the configuration for Redis differs from that for files in one line: the store', () => {
  const changed = after.split('\n').filter((line) => !before.split('\n').includes(line));
  expect(changed).toEqual([expect.stringMatching(/^ {2}store: /)]);
  expect(after.split('\n')).toHaveLength(before.split('\n').length);
});

it('with that configuration, programs of the README on two machines are one site, and the command line sees it', async (context) => {
  need(context, NO_REDIS);
  const redis = await startRedis({ password: 'sesame' });
  onTestFinished(redis.stop);
  const env = {
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    MOIN_SESSIONS_REDIS_PASSWORD: 'sesame',
  };
  const folder = mkdtempSync(join(inject('built'), 'readme-redis-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await withAlice(join(folder, 'users.json'));
  const machine = async (name: string, program: string) => {
    const own = join(folder, name);
    mkdirSync(own);
    writeFileSync(join(own, 'users.json'), readFileSync(join(folder, 'users.json')));
    for (const [file, text] of programs) writeFileSync(join(own, file), text);
    writeFileSync(join(own, 'moin-sessions.config.mjs'), after);
    const started = await startProgram(own, program, env);
    onTestFinished(async () => void (await started.stop()));
    return started.url;
  };
  const [one, other] = [await machine('one', 'express.mjs'), await machine('other', 'fastify.mjs')];
  const cookie = await logInAlice(one);
  expect(await page(one, cookie)).toContain('Moin, alice! Page views: 1.');
  expect(await page(other, cookie)).toContain('Moin, alice! Page views: 2.');

  const cli = async (...args: string[]) => {
    const program = join(inject('built'), 'bin/moin-sessions.js');
    const config = join(folder, 'other', 'moin-sessions.config.mjs');
    const command = [program, '--config', config, ...args];
    const run = promisify(execFile)(process.execPath, command, { env: { ...process.env, ...env } });
    return (await run).stdout;
  };
  expect(await cli('list', '--user', 'alice', '--format', 'count')).toBe('1\n');
  expect(JSON.parse(await cli('expire', '--user', 'alice', '--yes', '--json'))).toMatchObject({ expired: 1 });
  for (const url of [one, other]) expect(await page(url, cookie)).toContain('Moin, stranger!');
});
