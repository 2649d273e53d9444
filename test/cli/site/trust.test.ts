import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it, type TestContext } from 'vitest';
import { whyUntrusted } from '../../../src/cli/site/trust.js';
import { cli } from '../../aid/cli/fake-context.js';
import { need } from '../../aid/need.js';

const NAME = 'moin-sessions.config.json';
const SELF = process.geteuid?.() ?? 0;
const STRANGER = 54_321;

/** A folder that is the caller's alone, `project/deep` in it with the configuration in `project`, and one open to all. */
let home: string;
let project: string;
let deep: string;
let open: string;
let file: string;
/** The caller: root's files are trusted by everybody, so where the tests are run by root, files are given away instead. */
let uid: number;

/** Where a configuration is trusted: in this project, or, where that lies in a folder open to all, in the home. */
function trustedFolder(): string {
  const places = [inject('built'), homedir()];
  return places.find((place) => whyUntrusted(place, SELF) === null) ?? inject('built');
}

beforeEach((context) => {
  home = mkdtempSync(join(trustedFolder(), 'moin-sessions-home-'));
  project = join(home, 'project');
  deep = join(project, 'deep');
  open = join(home, 'open');
  file = join(project, NAME);
  uid = SELF;
  mkdirSync(deep, { recursive: true, mode: 0o755 });
  mkdirSync(open);
  chmodSync(open, 0o1777);
  writeFileSync(file, '{ "store": "file:s" }', { mode: 0o644 });
  const obstacle = whyUntrusted(home, SELF);
  need(context, obstacle && `this project lies where no configuration is trusted: ${obstacle}`);
});
afterEach(() => rmSync(home, { recursive: true }));

const list = (...argv: string[]) => cli({ cwd: deep, uid }, 'list', ...argv);

/** Only root can give files away. */
function needRoot(context: TestContext): void {
  need(context, SELF === 0 ? null : 'only root can give a file to somebody else');
}

describe('spec 7: a configuration that was found upwards', () => {
  it('is taken where the caller or root owns it and every folder above it, and nobody else may write', async () => {
    const { code, opened } = await list();
    expect({ code, where: opened[0]?.where }).toEqual({ code: 0, where: 'file:s' });
  });

  it.for<[string, () => [string, number], string]>([
    ['its folder is open to all', () => [project, 0o777], 'go-w'],
    ['its folder is open to a group with others in it', () => [project, 0o775], 'g-w'],
    ['a folder far above it is open to all', () => [home, 0o757], 'go-w'],
    ['it is itself open to all', () => [file, 0o646], 'go-w'],
    ['it is itself open to a group with others in it', () => [file, 0o664], 'g-w'],
  ])('is refused where %s: exit 2, and what to do', async ([, change, mode], context) => {
    const [place, permissions] = change();
    if (mode === 'g-w') {
      needRoot(context);
      chownSync(place, SELF, STRANGER);
    }
    chmodSync(place, permissions);
    const { code, out, err, opened } = await list();
    expect({ code, out, opened }).toEqual({ code: 2, out: '', opened: [] });
    expect(err).toContain(`chmod ${mode} ${place}'`);
    expect(err).toContain(`--config ${file}`);
    expect(err).toMatch(/^[^\n]+\n$/);
  });

  it('is taken where only the caller’s own group may write, as with a umask of 002', async (context) => {
    needRoot(context);
    chownSync(project, 0, 0);
    chmodSync(project, 0o775);
    chownSync(file, 0, 0);
    chmodSync(file, 0o664);
    expect((await list()).code).toBe(0);
  });

  it.each(['a.json', 'a.mjs'])(
    'is refused where --config names a pipe without a writer: %s',
    async (name) => {
      const file = join(project, name);
      expect(spawnSync('mkfifo', [file]).status).toBe(0);
      const named = await cli({ cwd: project, uid: 0 }, 'list', '--config', file);
      expect(named).toMatchObject({ code: 2, err: expect.stringContaining(`${file} is a pipe or device`) });
      const env = { MOIN_SESSIONS_CONFIG: '/dev/null' };
      expect((await cli({ cwd: project, env }, 'list')).err).toMatch(/null is a pipe or device.*into a file/);
    },
  );

  it('is refused where it is a pipe: reading it would wait forever', async () => {
    rmSync(file);
    expect(spawnSync('mkfifo', [file]).status).toBe(0);
    const { code, err } = await list();
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`${file} is a pipe or device`) });
  });

  it('is refused below a sticky folder such as /tmp, and the error proposes no chmod', async () => {
    chmodSync(home, 0o1777);
    const { code, err } = await list();
    expect(code).toBe(2);
    expect(err).toContain(`others may write in ${home}: if you trust it, name it with --config ${file}`);
    expect(err).not.toContain('chmod');
  });

  it.each<[string, () => string]>([
    ['it', () => file],
    ['its folder', () => project],
    ['a folder far above it', () => home],
  ])('is refused where %s belongs to somebody else, also if root asks', async (_name, place) => {
    if (SELF === 0) chownSync(place(), STRANGER, STRANGER);
    else uid = STRANGER;
    const { code, err, opened } = await list();
    expect({ code, opened }).toEqual({ code: 2, opened: [] });
    expect(err).toMatch(/ belongs to user \d+, neither to you nor to root/);
    expect(err).toContain(`--config ${file}`);
  });

  it('is taken where it belongs to root and the caller is another user', async (context) => {
    needRoot(context);
    uid = STRANGER;
    expect((await list()).code).toBe(0);
    chownSync(project, STRANGER, STRANGER);
    expect((await list()).code).toBe(0);
  });

  it('is refused where it is a link to a file that others may replace', async () => {
    const target = join(open, 'target.json');
    writeFileSync(target, '{}', { mode: 0o644 });
    rmSync(file);
    symlinkSync(target, file);
    const { code, err } = await list();
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`others may write in ${open}`) });
  });

  it('is refused where a link in between lies where others may replace it', async () => {
    const target = join(home, 'target.json');
    writeFileSync(target, '{}', { mode: 0o644 });
    symlinkSync(target, join(open, 'between.json'));
    rmSync(file);
    symlinkSync('../open/between.json', file);
    const { code, err } = await list();
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`others may write in ${open}`) });
  });

  it('is refused where others may replace a folder on the way of a link', async () => {
    mkdirSync(join(home, 'real'));
    writeFileSync(join(home, 'real/target.json'), '{}', { mode: 0o644 });
    symlinkSync('../real', join(open, 'folder'));
    rmSync(file);
    symlinkSync(join(open, 'folder/target.json'), file);
    const { code, err } = await list();
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`others may write in ${open}`) });
  });

  it('is judged by the targets of its links, not by the texts of the links', async () => {
    // To the system, `hop/..` is where `hop` leads to: the open folder.
    mkdirSync(join(open, 'inner'));
    writeFileSync(join(open, 'target.json'), '{}', { mode: 0o644 });
    writeFileSync(join(project, 'target.json'), '{}', { mode: 0o644 });
    symlinkSync('../open/inner', join(project, 'hop'));
    rmSync(file);
    symlinkSync('hop/../target.json', file);
    const { code, err } = await list();
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`others may write in ${open}`) });
  });

  it.each([
    ['json', '{ "store": "file:linked" }'],
    ['mjs', "export default { store: 'file:linked' };"],
    ['ts', "export default { store: 'file:linked' as string };"],
  ])('is taken through trusted links: .%s, resolved as the system resolves it', async (ending, text) => {
    const name = `moin-sessions.config.${ending}`;
    mkdirSync(join(home, 'real/inner'), { recursive: true });
    writeFileSync(join(home, 'real', name), text, { mode: 0o644 });
    symlinkSync(join(home, 'real/inner'), join(project, 'hop'));
    rmSync(file);
    symlinkSync(`hop/../${name}`, join(project, name));
    const { opened } = await list();
    expect(opened).toEqual([{ where: 'file:linked', mustExist: true, resolveFrom: project, readOnly: true }]);
  });

  it('is refused where it is another user’s link to a trusted file', async (context) => {
    needRoot(context);
    const target = join(home, 'target.json');
    writeFileSync(target, '{}', { mode: 0o644 });
    rmSync(file);
    symlinkSync(target, file);
    expect((await list()).code).toBe(0);
    lchownSync(file, STRANGER, STRANGER);
    expect((await list()).code).toBe(2);
  });

  it('is refused even where a trusted one lies further up', async () => {
    writeFileSync(join(home, NAME), '{ "store": "file:outer" }', { mode: 0o644 });
    chmodSync(project, 0o777);
    expect((await list()).code).toBe(2);
  });

  it('is taken from any folder when it is named', async () => {
    chmodSync(project, 0o777);
    expect((await list('--config', file)).opened[0]?.where).toBe('file:s');
    const env = { MOIN_SESSIONS_CONFIG: file };
    expect((await cli({ cwd: deep, uid, env }, 'list')).opened[0]?.where).toBe('file:s');
  });
});

describe('spec 7: a command with a named store does not need the configuration', () => {
  beforeEach(() => {
    writeFileSync(file, '{ "store": "file:s", "durability": "fsync", "users": "u.json" }');
    chmodSync(project, 0o777);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['--store', {}, ['--store', 'mine']],
    ['MOIN_SESSIONS_STORE', { MOIN_SESSIONS_STORE: 'mine' }, []],
  ])('%s: an untrusted configuration is skipped with a note on stderr', async (_name, env, flags) => {
    const { code, err, opened } = await cli({ cwd: deep, uid, env }, 'list', ...flags);
    expect(code).toBe(0);
    expect(opened).toEqual([{ where: 'mine', mustExist: true, resolveFrom: deep, readOnly: true }]);
    expect(err).toContain(`skipped the configuration ${file}: others may write in ${project}`);
    expect(err).toContain(`--config ${file}`);
    const quiet = await cli({ cwd: deep, uid, env }, 'list', '--quiet', ...flags);
    expect(quiet).toMatchObject({ code: 0, err: '', opened });
  });

  it.each([
    ['simulate', ['simulate']],
    ['whoami', ['whoami', '--cookie', 'a=b']],
    ['users', ['users', 'list']],
  ])('%s needs more than a store, so an untrusted configuration is refused', async (_name, argv) => {
    const { code, err, opened } = await cli({ cwd: deep, uid }, ...argv, '--store', 'mine');
    expect({ code, opened }).toEqual({ code: 2, opened: [] });
    expect(err).toContain('was found, not named, and others may write in');
  });
});

describe('spec 7: the real process', () => {
  it('runs nothing of a configuration in a shared temporary folder, unless it is named', () => {
    const shared = mkdtempSync(join(tmpdir(), 'shared-'));
    chmodSync(shared, 0o1777);
    const marker = join(shared, 'was-run');
    const planted = join(shared, 'moin-sessions.config.mjs');
    writeFileSync(
      planted,
      `import { writeFileSync } from 'node:fs';
       writeFileSync(${JSON.stringify(marker)}, '');
       export default { store: 'memory:' };`,
    );
    const run = (...argv: string[]) =>
      spawnSync(process.execPath, [join(inject('built'), 'bin/moin-sessions.js'), 'list', ...argv], {
        cwd: shared,
        encoding: 'utf8',
      });
    try {
      const { status, stderr } = run();
      expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('--config') });
      expect(run('--store', 'memory:').status).toBe(0);
      expect(existsSync(marker)).toBe(false);
      expect(run('--config', planted).status).toBe(0);
      expect(existsSync(marker)).toBe(true);
    } finally {
      rmSync(shared, { recursive: true });
    }
  });
});
