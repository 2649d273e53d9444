import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';

const built = inject('built');

/** What each statement of the program throws, in a runtime that may be another one than Node. */
const PROGRAM = (root: string, dir: string) => `
  const { createSessions, FileStore, FileUserDirectory, MemoryStore, openStore } =
    await import(${JSON.stringify(join(root, 'dist/index.js'))});
  const dir = ${JSON.stringify(dir)};
  const attempts = {
    createSessions: () => createSessions({ store: dir }),
    openStore: () => openStore('file:' + dir),
    FileStore: () => new FileStore(dir),
    FileUserDirectory: () => new FileUserDirectory(dir + '/users.json'),
    memory: async () => {
      const sessions = createSessions({ store: new MemoryStore(), secrets: 'x'.repeat(32) });
      await (await sessions.begin({ method: 'GET', url: '/', headers: {} })).commit();
    },
  };
  const said = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try { await attempt(); said[name] = 'works'; }
    catch (error) { said[name] = error.name + ': ' + error.message; }
  }
  console.log(JSON.stringify(said));
`;

function run(command: string, args: (program: string) => string[]) {
  const folder = temporaryFolder();
  const dir = join(folder, 'sessions');
  const program = join(folder, 'program.mjs');
  writeFileSync(program, PROGRAM(built, dir));
  const { stdout, stderr } = spawnSync(command, args(program), { encoding: 'utf8' });
  return { said: stdout === '' ? stderr : JSON.parse(stdout), isTouched: existsSync(dir) };
}

const refusal = (runtime: string) =>
  expect.stringMatching(
    new RegExp(`^StoreError: ${runtime} aborts the process at .+: run this with Node, .+$`),
  );

/** The refusal of all that locks files, before it touches any. */
const refused = (runtime: string) => ({
  said: {
    createSessions: refusal(runtime),
    openStore: refusal(runtime),
    FileStore: refusal(runtime),
    FileUserDirectory: refusal(runtime),
    memory: 'works',
  },
  isTouched: false,
});

const pretending = (code: string) => ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
const AS_BUN = pretending(
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, bun: '1.4.5' } })",
);
const AS_DENO = pretending('globalThis.Deno = {}');

function missing(command: string): string | null {
  const { error } = spawnSync(command, ['--version']);
  return error === undefined ? null : `there is no ${command} on this machine: install it`;
}

describe('runtimes whose file locks abort the process', () => {
  it.each([
    ['Bun', AS_BUN],
    ['Deno', AS_DENO],
  ])('%s (as it names itself): file store and user file are refused at the start', (runtime, flags) => {
    const outcome = run(process.execPath, (program) => [...flags, program]);
    expect(outcome).toEqual(refused(runtime));
  });

  it('Bun itself: file store and user file are refused at the start', (context) => {
    need(context, missing('bun'));
    expect(run('bun', (program) => [program])).toEqual(refused('Bun'));
  });

  it('Deno itself: file store and user file are refused at the start', (context) => {
    need(context, missing('deno'));
    expect(run('deno', (program) => ['run', '-A', '--node-modules-dir=manual', program])).toEqual(
      refused('Deno'),
    );
  });

  it('Node: all of it works', () => {
    const works = { createSessions: 'works', openStore: 'works', FileStore: 'works' };
    const { said } = run(process.execPath, (program) => [program]);
    expect(said).toEqual({ ...works, FileUserDirectory: 'works', memory: 'works' });
  });

  it('the command line says so in one line, with exit 1', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'sessions'));
    const command = join(built, 'bin/moin-sessions.js');
    const args = [...AS_BUN, command, '--store', join(folder, 'sessions'), 'list'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(stderr).toMatch(/^.*Bun aborts the process .+: run this with Node, .+\n$/);
    expect(status).toBe(1);
  });
});
