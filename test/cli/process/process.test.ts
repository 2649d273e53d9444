import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { tryLock } from 'fs-native-extensions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { lockSlot } from '../../../src/store/file/layout.js';
import { FileStore } from '../../../src/store/file/store.js';
import { resultOf } from '../../aid/cli/run.js';
import { sample } from '../../aid/records.js';

const COUNT = 2000;
const idOf = (n: number) => n.toString(16).padStart(12, '0').padEnd(32, '0');
const root = join(import.meta.dirname, '../../..');
let folder: string;

/** The package as it is installed: `bin` beside what the compiler made. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'process-'));
  const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc');
  spawnSync(process.execPath, [tsc, '--outDir', join(folder, 'dist')], { cwd: root });
  cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const store = new FileStore(join(folder, 'store'));
  const now = Date.now();
  for (let n = 0; n < COUNT; n++) {
    await store.create(sample(idOf(n), { seen: now - n, cookieExpires: now + HOUR }));
  }
  await store.close();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const start = (...argv: string[]): ChildProcess => startOn(join(folder, 'store'), ...argv);

const startOn = (store: string, ...argv: string[]): ChildProcess =>
  spawn(process.execPath, [join(folder, 'bin/moin-sessions.js'), '--store', store, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
  });

describe('the real process', () => {
  it('writes a long output to its end', async () => {
    const { code, out, err } = await resultOf(start('list', '--json'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toHaveLength(COUNT);
  });

  it('exits with 0 and without an error when the pipe breaks', async () => {
    const child = start('list', '--format', 'ndjson');
    child.stdout?.once('data', () => child.stdout?.destroy());
    const err = child.stderr ? text(child.stderr) : '';
    const [code] = await once(child, 'exit');
    expect({ code, err: await err }).toEqual({ code: 0, err: '' });
  });

  it.runIf(process.platform === 'linux')(
    'list --watch and log --follow end with 0 when the reader of their pipe has gone, without a word to write',
    async () => {
      writeFileSync(join(folder, 'audit.log'), '');
      const config = join(folder, 'watched.json');
      writeFileSync(config, JSON.stringify({ store: 'store', audit: 'audit.log' }));
      const lines = [
        `--store '${join(folder, 'store')}' list --watch=60m | head -1`,
        `--config '${config}' log --follow | true`,
      ];
      for (const line of lines) {
        const script = `set -o pipefail; '${process.execPath}' '${join(folder, 'bin/moin-sessions.js')}' ${line}`;
        const { code, err } = await resultOf(
          spawn('bash', ['-c', script], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }),
        );
        expect({ code, err }).toEqual({ code: 0, err: '' });
      }
    },
  );

  it('spec 7: without a terminal a table is plain, and has all its columns', async () => {
    const { out } = await resultOf(start('list', '--limit', '5'));
    expect(out).not.toContain('\x1b');
    expect(out).toMatch(/^ID .* METHOD\n/);
  });

  it.each([
    [['--help'], 0],
    [['list', '--nonsense'], 2],
    [['inspect', 'ffffffff'], 3],
    [['inspect', 'ffffffff', idOf(7)], 4],
    [['expire', '--all'], 2],
  ])('%j exits with %i', async (argv, expected) => {
    expect((await resultOf(start(...argv))).code).toBe(expected);
  });

  it('a missing store: exit 1', async () => {
    expect((await resultOf(startOn('nowhere', 'list'))).code).toBe(1);
  });

  it('a configuration that cannot be parsed: exit 2, and the error says how to find the position', async () => {
    writeFileSync(join(folder, 'broken.mjs'), 'export default {');
    const { code, err } = await resultOf(start('list', '--config', 'broken.mjs'));
    expect(code).toBe(2);
    expect(err).toMatch(/^moin-sessions: .*broken\.mjs: [^\n]*'node .*broken\.mjs' shows where\n$/);
  });

  it('Ctrl-C ends a long output at once with 130', async () => {
    const child = start('list', '--json', '--fields', 'id,userId,userName,method,created,seen,expires,keys');
    await once(child.stdout as Readable, 'readable');
    child.kill('SIGINT');
    const { code, out } = await resultOf(child);
    expect(code).toBe(130);
    expect(out).not.toContain(']\n');
  });

  it('Ctrl-C ends at once with 130 and leaves the store undamaged', async () => {
    const [first, second] = [idOf(1), idOf(2)];
    const store = new FileStore(join(folder, 'store'));
    const lock = openSync(join(folder, 'store/lock'), 'a+');
    expect(tryLock(lock, lockSlot(second), 1)).toBe(true);
    const child = start('purge', first, second, '--yes');
    while ((await store.find(first)) !== null) await new Promise(setImmediate);
    child.kill('SIGINT');
    expect(await resultOf(child)).toEqual({
      code: 130,
      out: '',
      err: 'moin-sessions: Interrupted: removed 1 of 2 sessions, the rest is as it was\n',
    });
    closeSync(lock);
    expect(await store.find(second)).toMatchObject({ id: second });
    await store.close();
  });
});
