import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { FileStore } from '../../../src/store/file/store.js';
import { temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { sample } from '../../aid/records.js';

const NO_SCRIPT = spawnSync('script', ['--version']).status === 0 ? null : 'script (util-linux) is not there';
const bin = () => join(inject('built'), 'bin/moin-sessions.js');

/** Runs a program on a terminal and types `text` as soon as the output has `prompt`. */
function typedAt(
  prompt: string,
  { text, expected = 0, columns = 80 }: { text: string; expected?: number; columns?: number },
  ...argv: string[]
): Promise<string> {
  const words = [process.execPath, bin(), ...argv].map((word) => `'${word}'`).join(' ');
  const command = `stty cols ${columns}; ${words}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let shown = '';
  let isTyped = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    shown += chunk;
    if (isTyped || !shown.includes(prompt)) return;
    isTyped = true;
    child.stdin.write(text);
  });
  return new Promise((resolve, reject) =>
    child.once('close', (code) =>
      code === expected ? resolve(shown) : reject(new Error(`exit status ${code}: ${shown}`)),
    ),
  );
}

it.for<string[]>([[], ['--password-stdin']])(
  'spec 7: a password that is typed the moment the prompt appears is not shown, with flags %j',
  async (flags: string[], context) => {
    need(context, NO_SCRIPT);
    const login = ['--login', '--name', 'alice', ...flags];
    const config = join(import.meta.dirname, '../../../sample-data/moin-sessions.config.json');
    for (let round = 0; round < 3; round++) {
      const shown = await typedAt(
        'assword',
        { text: 'secretpw\r' },
        '--config',
        config,
        'simulate',
        ...login,
      );
      expect(shown).toContain('nobody is logged in');
      expect(shown).not.toContain('secretpw');
    }
  },
);

it.for([
  ['a question', '[y/N]', ['expire', 'aaaa']],
  ['a password', 'New password', ['users', 'add', 'zoe']],
] as const)(
  'spec 7: Ctrl-C at %s ends with 130 and one line, and nothing was done',
  async ([, prompt, argv], context) => {
    need(context, NO_SCRIPT);
    const folder = temporaryFolder();
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ store: 'store', users: 'users.json' }));
    const users = join(folder, 'users.json');
    writeFileSync(users, '{"version":1,"users":[]}');
    const store = new FileStore(join(folder, 'store'));
    const now = Date.now();
    await store.create(sample('aaaa', { seen: now, cookieExpires: now + HOUR }));
    const shown = await typedAt(prompt, { text: '\x03', expected: 130 }, '--config', config, ...argv);
    expect(shown.split(/\r?\n/).slice(-2)).toEqual(['moin-sessions: Interrupted: nothing was changed', '']);
    expect((await store.find('aaaa'.padEnd(32, '0')))?.ended).toBeNull();
    expect(readFileSync(users, 'utf8')).toBe('{"version":1,"users":[]}');
    await store.close();
  },
);

it('an error and a question of a terminal break between words at the width of stderr', async (context) => {
  need(context, NO_SCRIPT);
  const folder = temporaryFolder();
  const store = new FileStore(join(folder, 'a-store'));
  const now = Date.now();
  await store.create(sample('aaaa', { seen: now, cookieExpires: now + HOUR }));
  await store.close();
  const narrow = (...argv: string[]) =>
    typedAt('[y/N]', { text: 'n\r', expected: argv.includes('expire') ? 1 : 2, columns: 40 }, ...argv);
  const question = (await narrow('--store', join(folder, 'a-store'), 'expire', 'aaaa')).split(/\r?\n/);
  expect(question.at(-4)).toMatch(/^ {2}(\S.* )?\[y\/N\] /);
  expect(question.slice(-3)).toEqual(['moin-sessions: nothing was done, since', '  you did not say yes', '']);
  expect((await narrow('list', '--idle', '5')).split(/\r?\n/)).toEqual([
    "moin-sessions: '5' is not a length of",
    '  time: write 30m, 2h, 7d or 1h30m',
    '',
  ]);
});
