import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { need } from '../aid/need.js';
import { NODES } from '../aid/nodes.js';
import { copyModules, install, type Packed, pack, withDependencies } from '../aid/packed.js';

const HOST = `${process.platform}-${process.arch}`;

/** Prints what a start and a login say: of the store that the first argument names. */
const SITE = `
  import { createSessions } from 'moin-sessions';
  const secrets = 'a secret of this site, 32 bytes or more';
  const users = { findByName: async () => alice, findById: async () => alice, verifyPassword: async () => true };
  const alice = { id: 'u1', name: 'alice' };
  const sessions = createSessions({ store: process.argv[2], users, secrets });
  const login = { method: 'POST', url: '/login', form: { login: true, name: 'alice', password: 'x' } };
  try {
    const { user } = await sessions.begin(process.argv[3] === 'login' ? login : { method: 'GET', url: '/' });
    console.log(user === null ? 'nobody' : user.name);
  } catch (error) {
    console.log(error.name + ': ' + error.message);
  }
`;

/** Makes two open files want one lock. Two processes would do no more: the kernel tells open files apart. */
const LOCKS = `
  import { openSync } from 'node:fs';
  import { kernelLocks } from './node_modules/moin-sessions/dist/disk/kernel-locks.js';
  const { tryLock, unlock } = await kernelLocks();
  const [one, other] = [openSync('lock', 'w'), openSync('lock', 'r+')];
  const said = [tryLock(one, 7, 1), tryLock(other, 7, 1), tryLock(other, 8, 1)];
  unlock(one, 7, 1);
  console.log(JSON.stringify([...said, tryLock(other, 7, 1)]));
`;

let packed: Packed;
let folder: string;
let addon: string;

beforeAll(() => {
  packed = pack();
  folder = join(packed.root, '../application');
  addon = join(folder, 'node_modules/fs-native-extensions');
  install(packed, folder);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'site.js'), SITE);
  writeFileSync(join(folder, 'locks.js'), LOCKS);
});
afterAll(() => packed.remove());
beforeEach(() => {
  rmSync(join(folder, 'sessions'), { recursive: true, force: true });
  copyModules(withDependencies(['fs-native-extensions']), folder);
});

const run = (node: string, ...args: string[]) =>
  spawnSync(node, args, { cwd: folder, encoding: 'utf8' }).stdout.trim();

describe.each(NODES)('an installed package without file locks, with %s', (node) => {
  it('says at the start of a file store, in one line, that they are not installed and what to do', () => {
    rmSync(addon, { recursive: true });
    expect(run(node, 'site.js', 'file:sessions')).toBe(
      `StoreError: cannot lock files on ${HOST}: fs-native-extensions is not installed: run 'npm install fs-native-extensions' in the folder of the program, or of its bundle (see docs/deploying.md)`,
    );
  });

  it('says that there is no build for this system', () => {
    rmSync(join(addon, 'prebuilds'), { recursive: true });
    expect(run(node, 'site.js', 'file:sessions')).toMatch(
      /^StoreError: cannot lock files on .+: fs-native-extensions did not load: copy the whole .+, or use a system that it has a build for \(see .+\)$/,
    );
  });

  it('says the same of a build for another system', () => {
    writeFileSync(join(addon, 'prebuilds', HOST, 'fs-native-extensions.node'), 'built for another system');
    expect(run(node, 'site.js', 'file:sessions')).toMatch(
      /^StoreError: .+ fs-native-extensions did not load: /,
    );
  });

  it('runs a site with a memory store, and logs in', () => {
    rmSync(addon, { recursive: true });
    expect(run(node, 'site.js', 'memory:', 'login')).toBe('alice');
  });

  it('lists sessions on the command line', () => {
    rmSync(addon, { recursive: true });
    mkdirSync(join(folder, 'sessions'));
    expect(
      run(node, 'node_modules/moin-sessions/bin/moin-sessions.js', '--store', 'sessions', 'list', '--json'),
    ).toBe('[]');
  });
});

describe.each(NODES)('the build of the file locks, with %s', (node) => {
  const works = JSON.stringify([true, false, true, true]);

  it('excludes another open file', () => {
    expect(run(node, 'locks.js')).toBe(works);
  });

  it('is found where its own loader asks for one for musl, as on Alpine', () => {
    const loader = join(folder, 'node_modules/require-addon/lib/node.js');
    const text = readFileSync(loader, 'utf8');
    expect(text).toContain("fs.existsSync('/etc/alpine-release')");
    writeFileSync(loader, text.replace("fs.existsSync('/etc/alpine-release')", 'true'));
    expect(run(node, 'locks.js')).toBe(works);
  });

  it('is found when a build has copied it alone, as Next.js does', () => {
    rmSync(join(folder, 'node_modules/require-addon'), { recursive: true });
    expect(run(node, 'locks.js')).toBe(works);
  });
});

describe('musl', () => {
  it('loads the build for glibc, whose locks exclude another open file', (context) => {
    need(context, process.platform === 'linux' ? null : 'there is musl for Linux only');
    const program = join(folder, 'musl');
    const source = fileURLToPath(new URL('musl.c', import.meta.url));
    const { error, status, stderr } = spawnSync('musl-gcc', ['-rdynamic', '-o', program, source], {
      encoding: 'utf8',
    });
    need(context, error === undefined ? null : "musl-gcc is missing: install Debian's musl-tools");
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const build = join(addon, 'prebuilds', HOST, 'fs-native-extensions.node');
    expect(run(program, build, 'lock')).toBe('taken refused taken taken');
  });
});
