import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { FileStore } from '../../../src/store/file/store.js';
import { resultOf } from '../../aid/cli/run.js';
import { sample } from '../../aid/records.js';

const LARGE = 'x'.repeat(10 * 1024 * 1024);
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'process-end-'));
  const store = new FileStore(join(folder, 'store'));
  const now = Date.now();
  const times = { seen: now, cookieExpires: now + HOUR };
  const visitor = { kind: 'anonymous', user: null } as const;
  await store.create(sample('abcd', { ...visitor, ...times, data: { text: LARGE } }));
  await store.create(sample('1234', { ...visitor, ...times }));
  await store.close();
  // As a pool of database connections does, this keeps the process alive for ever.
  writeFileSync(
    join(folder, 'open.mjs'),
    `import { createServer } from 'node:http';
     createServer().listen(0, '127.0.0.1');
     setInterval(() => {}, 1000);
     export default { store: new URL('store', import.meta.url) };`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const start = (env: Record<string, string>, ...argv: string[]) => startWith('open.mjs', env, ...argv);

const startWith = (config: string, env: Record<string, string>, ...argv: string[]) =>
  spawn(process.execPath, [join(inject('built'), 'bin/moin-sessions.js'), '--config', config, ...argv], {
    cwd: folder,
    env: { ...process.env, ...env },
  });

describe('the process exits after its work, even when a configuration leaves a handle open', () => {
  it.each([
    [['list', '--format', 'count'], { code: 0, out: '2\n', err: '' }],
    [['inspect', '1234', '--format', 'ids'], { code: 0, out: `${'1234'.padEnd(32, '0')}\n`, err: '' }],
    [['inspect', 'ffff'], { code: 3, out: '', err: expect.stringContaining('there is no session ffff') }],
    [['list', '--limit', '0'], { code: 2, out: '', err: expect.stringContaining('from 1') }],
  ])('%j', async (argv, expected) => {
    expect(await resultOf(start({}, ...argv))).toEqual(expected);
  });

  it('a slow reader gets all 10 MB of the output', async () => {
    const child = start({}, 'inspect', 'abcd', '--json');
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) {
      chunks.push(chunk);
      // Others have their turn in between, so that the pipe is full most of the time.
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    }
    const code = child.exitCode ?? (await once(child, 'exit'))[0];
    const [session] = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    expect({ code, length: session.data.text.length }).toEqual({ code: 0, length: LARGE.length });
  });

  it('a slow reader gets all 1 MB that the configuration writes on stderr', async () => {
    writeFileSync(
      join(folder, 'chatty.mjs'),
      "export { default } from './open.mjs'; console.error('x'.repeat(1024 * 1024));",
    );
    const { code, err } = await resultOf(startWith('chatty.mjs', {}, 'list', '--format', 'count'));
    expect({ code, length: err.length }).toEqual({ code: 0, length: 1024 * 1024 + 1 });
  });

  it('when the reader leaves, the command exits with 0 and writes no error', async () => {
    const child = start({}, 'inspect', 'abcd', '--json');
    child.stdout.once('data', () => child.stdout.destroy());
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const [code] = await once(child, 'close');
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

describe.skipIf(!existsSync('/dev/full'))('spec 7: a full disk under the output', () => {
  const redirected = (redirection: string, ...argv: string[]) => {
    const program = [process.execPath, join(inject('built'), 'bin/moin-sessions.js'), ...argv];
    return resultOf(
      spawn('sh', ['-c', `"$@" ${redirection}`, 'sh', ...program, '--config', 'open.mjs'], { cwd: folder }),
    );
  };

  it.each([[['list']], [['inspect', 'abcd', '--json']], [['help', 'fields']], [['list', '--help']]])(
    '%j > /dev/full: exit 1, and one line that names the remedy',
    async (argv) => {
      const { code, err } = await redirected('>/dev/full', ...argv);
      expect(code).toBe(1);
      expect(err).toBe(
        'moin-sessions: cannot write the output (ENOSPC), what is there is not whole: make room, or write it elsewhere\n',
      );
    },
  );

  it('2> /dev/full: the exit status is that of the command', async () => {
    expect(await redirected('2>/dev/full', 'inspect', 'ffff')).toEqual({ code: 3, out: '', err: '' });
    expect(await redirected('2>/dev/full', 'inspect', 'ffff', '--debug')).toMatchObject({ code: 3 });
  });
});

it.each(['-5', 'abc', '0', '1', '1e9'])('COLUMNS=%j leaves wrapped text readable', async (COLUMNS) => {
  for (const argv of [['list', '--help'], ['simulate']]) {
    const { code, out, err } = await resultOf(start({ COLUMNS }, ...argv));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toMatch(/^…/m);
    expect(out).toMatch(argv.includes('--help') ? /^ +--anonymous/m : /nobody is logged in/);
  }
});
