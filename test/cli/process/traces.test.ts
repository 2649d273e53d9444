import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { COMMAND_NAMES } from '../../../src/cli/program.js';
import { FileStore } from '../../../src/store/file/store.js';
import { need } from '../../aid/need.js';
import { NODES } from '../../aid/nodes.js';
import { sample } from '../../aid/records.js';

const PASSWORD = 'a good password\n';
/** All that a session of work may need, TypeScript included. */
const COMMANDS = [
  ['users', 'add', 'alice', '--password-stdin'],
  ['list'],
  ['inspect', 'abcd'],
  ['stats'],
  ['check'],
  ['config', 'show'],
  ['config', 'check'],
  ['secret', 'generate'],
  ['simulate', '--repeat', '2'],
  ['whoami', '--cookie', 'a=b', '--format', 'count'],
  ['users', 'list'],
  ['users', 'import-moin', 'wiki', '--yes'],
  ['copy', '--to', 'copied', '--yes'],
  ['export', '--output', 'exported.ndjson', '--yes'],
  ['import', 'exported.ndjson', '--yes'],
  ['completion', 'bash'],
  ['set', 'abcd', 'key', '1'],
  ['unset', 'abcd', 'key'],
  ['expire', 'abcd', '--yes'],
  ['purge', '--all', '--yes'],
  ['help', 'fields'],
  ['log'],
  ['demo', '--dir', 'demo'],
];

let root: string;
/** The site: store, configuration and users. */
let site: string;
let shared: string;
let config: string;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'traces-'));
  site = join(root, 'site');
  shared = join(root, 'shared');
  config = join(site, 'config.ts');
  for (const folder of [site, shared, join(root, 'home')]) mkdirSync(folder);
  chmodSync(shared, 0o1777);
  writeFileSync(join(site, 'users.json'), '{"version":1,"users":[]}');
  mkdirSync(join(site, 'wiki/user'), { recursive: true });
  writeFileSync(join(site, 'wiki/user/1.5.1'), 'name=bob\nenc_password={SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n');
  writeFileSync(
    config,
    `import type { SessionsOptions } from 'moin-sessions';
     export default {
       store: 'file:honest',
       users: 'users.json',
       audit: 'audit.log',
       secrets: ['a secret that nobody may see, of 32 bytes or more'] as string[],
     } satisfies SessionsOptions;`,
  );
  const store = new FileStore(join(site, 'honest'));
  await store.create(sample('abcd', { kind: 'anonymous', user: null, cookieExpires: Date.now() + HOUR }));
  await store.close();
});
afterEach(() => rmSync(root, { recursive: true }));

const PROGRAM = join(inject('built'), 'bin/moin-sessions.js');

/** In a home and a folder for temporary files of its own. */
function run(command: string, ...argv: string[]) {
  const env = { PATH: process.env.PATH, HOME: join(root, 'home'), TMPDIR: shared };
  const { status, stdout, stderr } = spawnSync(command, argv, {
    cwd: site,
    env,
    input: PASSWORD,
    encoding: 'utf8',
  });
  // Of the sample's users none is there, and this Node may be at its end: a check says so.
  if (argv.at(-1) === 'check' && !argv.includes('config')) expect([0, 4]).toContain(status);
  else expect({ status, stderr }).toEqual({ status: argv.includes('whoami') ? 3 : 0, stderr: '' });
  return stdout;
}

/** The command line for the site; `demo` makes one of its own. */
const atSite = (argv: string[]) => (argv[0] === 'demo' ? argv : ['--config', config, ...argv]);

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

it('spec 7: the tested versions of Node include one with a compile cache', (context) => {
  const versions = NODES.map((node) => spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim());
  const hasCache = versions.some((version) => Number.parseInt(version.slice(1), 10) >= 22);
  const tested = `only ${versions.join(' and ')} tested: list the path of a Node 22 or later in MOIN_SESSIONS_NODES`;
  need(context, hasCache ? null : tested);
});

describe.each(NODES)('spec 7: with %s', { timeout: 120_000 }, (node) => {
  it('leaves nothing in the home or the temporary folder, and does not change the code of the package', () => {
    const code = join(inject('built'), 'dist');
    const before = filesIn(code);
    for (const argv of COMMANDS) run(node, PROGRAM, ...atSite(argv));
    expect(filesIn(shared)).toEqual([]);
    expect(filesIn(join(root, 'home'))).toEqual([]);
    expect(filesIn(code)).toEqual(before);
  });

  it('every command is among them', () => {
    const tried = new Set(COMMANDS.map(([name]) => name));
    expect(COMMAND_NAMES.filter((name) => !tried.has(name))).toEqual([]);
  });

  it('no file outside the site is written, and none among temporary files is even looked at', (context) => {
    const strace = spawnSync('strace', ['-o', '/dev/null', 'true']);
    need(context, strace.status === 0 ? null : 'strace is not there, or may not trace');
    for (const name of ['node-compile-cache', 'jiti']) mkdirSync(join(shared, name), { mode: 0o777 });
    const log = join(root, 'log');
    for (const argv of COMMANDS) {
      rmSync(join(site, 'demo'), { recursive: true, force: true });
      run('strace', '-f', '-y', '-e', 'trace=%file', '-o', log, node, PROGRAM, ...atSite(argv));
      const calls = readFileSync(log, 'utf8').split('\n');
      expect(calls.length).toBeGreaterThan(50);
      // Writing to a file, or changing a folder.
      const writing = calls.filter((call) =>
        /\((O_|.*\bO_)(WRONLY|RDWR|CREAT)|\b(mkdir|rename|link|unlink|symlink|chmod|f?chown)\w*\(/.test(call),
      );
      const elsewhere = writing.filter((call) => !call.includes(`"${site}`) && !/"\/(dev|proc)\//.test(call));
      expect(elsewhere.filter((call) => !call.includes('readlink'))).toEqual([]);
      expect(calls.filter((call) => call.includes(`"${shared}/`))).toEqual([]);
    }
  });

  it('nothing is run that somebody has planted where a cache of TypeScript would lie', () => {
    const fillCache = `import { createJiti } from 'jiti';
      const jiti = createJiti(${JSON.stringify(pathToFileURL(join(inject('built'), 'dist/cli/site/config-module.js')))});
      await jiti.import(${JSON.stringify(config)});`;
    const writer = join(inject('built'), 'plant.mjs');
    writeFileSync(writer, fillCache);
    try {
      run(node, writer);
    } finally {
      rmSync(writer);
    }
    const planted = filesIn(join(shared, 'jiti'));
    expect(planted).toHaveLength(1);
    for (const name of planted) {
      const file = join(shared, 'jiti', name);
      writeFileSync(file, readFileSync(file, 'utf8').replace('file:honest', 'memory:'));
    }
    expect(run(node, PROGRAM, '--config', config, 'list', '--format', 'count')).toBe('1\n');
  });

  it('nothing is written through a link that somebody has planted there', () => {
    const target = join(root, 'target');
    mkdirSync(target);
    for (const name of ['jiti', 'node-compile-cache']) symlinkSync(target, join(shared, name));
    run(node, PROGRAM, '--config', config, 'list');
    expect(filesIn(target)).toEqual([]);
  });
});
