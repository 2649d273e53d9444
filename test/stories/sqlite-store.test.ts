import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { NODES } from '../aid/nodes.js';
import { aRecord } from '../aid/records.js';

const built = inject('built');
const EXAMPLE = join(built, 'examples/sqlite-store');
const WORKER = fileURLToPath(new URL('sqlite-worker.mjs', import.meta.url));

/** A Node that has `node:sqlite` without a flag. */
const node = NODES.find((path) => spawnSync(path, ['--eval', "require('node:sqlite')"]).status === 0) ?? '';
const missing =
  node === '' ? 'no Node here has node:sqlite: name Node 22.13 or later in MOIN_SESSIONS_NODES' : null;

/** Runs a program that has the store as `store`; gives what it prints, as JSON. */
async function withStore(file: string, program: string): Promise<unknown> {
  const code = `
    import { SqliteStore } from ${JSON.stringify(join(EXAMPLE, 'sqlite-store.mjs'))};
    const store = new SqliteStore(${JSON.stringify(file)});
    const all = (entries) => Array.fromAsync(entries);
    console.log(JSON.stringify(await (async () => { ${program} })()));
  `;
  const { stdout } = await promisify(execFile)(node, ['--input-type=module', '--eval', code]);
  return JSON.parse(stdout);
}

/** Runs jobs of `sqlite-worker.mjs` at the same time, from the same moment; gives what each said. */
async function together(file: string, jobs: readonly string[]): Promise<number[]> {
  const children = jobs.map((job) => {
    const args = [WORKER, join(EXAMPLE, 'sqlite-store.mjs'), file, job];
    const child = spawn(node, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    // A worker that fails says no line more.
    const end = once(child, 'exit').then(([status]) => expect(status).toBe(0));
    return { child, end, nextLine: () => Promise.race([once(lines, 'line'), end.then(() => ['', end])]) };
  });
  await Promise.all(children.map(({ nextLine }) => nextLine()));
  const said = children.map(({ nextLine }) => nextLine());
  for (const { child } of children) child.stdin.write('go\n');
  const numbers = (await Promise.all(said)).map(([line]) => Number(line));
  await Promise.all(children.map(({ end }) => end));
  return numbers;
}

describe('the SQLite store of the examples', () => {
  beforeEach((context) => need(context, missing));

  it('passes the suite in twelve lines, with node --test', async () => {
    const args = ['--test', '--test-reporter=tap', join(EXAMPLE, 'sqlite-store.test.mjs')];
    const { stdout } = await promisify(execFile)(node, args);
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(40);
  });

  it('I1: four processes open a new file at once and count one session up: no step is lost', async () => {
    const file = join(temporaryFolder(), 'sessions.db');
    const record = { ...aRecord('a'), id: 'a'.repeat(32) };
    await withStore(file, `return store.create(${JSON.stringify(record)});`);
    const counts = await together(file, ['count', 'count', 'count', 'count']);
    expect(counts).toEqual([200, 200, 200, 200]);
    const found = await withStore(file, `return store.find('${record.id}');`);
    expect(found).toMatchObject({ revision: 801, data: { n: 800 } });
  });

  it('I2: a late save brings nothing back that another process logs out', async () => {
    const file = join(temporaryFolder(), 'sessions.db');
    const records = Array.from({ length: 150 }, (_, n) => aRecord(n));
    await withStore(file, `for (const one of ${JSON.stringify(records)}) await store.create(one); return 1;`);
    const [loggedOut, ...created] = await together(file, ['logout', 'save', 'save']);
    expect(loggedOut).toBe(150);
    expect(created).toEqual([0, 0]);
    expect(await withStore(file, 'return all(store.scan());')).toEqual([]);
  });

  it('spec 6: purge and login read an index, and nobody else can read the file', async () => {
    const file = join(temporaryFolder(), 'sessions.db');
    const plans = await withStore(
      file,
      `const { DatabaseSync } = await import('node:sqlite');
       await store.sweep(0);
       const database = new DatabaseSync(store.path);
       const plan = (sql) => database.prepare('EXPLAIN QUERY PLAN ' + sql).all().map(({ detail }) => detail).join();
       return ['expires <= 5 ORDER BY expires, id', "user = 'u' ORDER BY id"].map((where) =>
         plan('SELECT id FROM sessions WHERE ' + where));`,
    );
    expect(plans).toEqual([
      expect.stringMatching(/USING (COVERING )?INDEX sessions_by_expires/),
      expect.stringMatching(/USING (COVERING )?INDEX sessions_by_user/),
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('spec 7: the command line lists and purges what the application stored', async () => {
    const file = join(temporaryFolder(), 'sessions.db');
    const cli = (...args: string[]) => {
      const config = ['--config', join(EXAMPLE, 'moin-sessions.config.mjs')];
      const env = { ...process.env, SESSIONS_DB: file };
      const command = [join(built, 'bin/moin-sessions.js'), ...config, ...args];
      return spawnSync(node, command, { encoding: 'utf8', env });
    };
    await withStore(
      file,
      `const { createSessions } = await import('moin-sessions');
       const { loggedIn } = await import('moin-sessions/testing');
       const sessions = createSessions({ store });
       await loggedIn(sessions, 'alice');
       await loggedIn(sessions, 'bob');
       return sessions.expire({ userName: 'bob' });`,
    );
    const { stdout, stderr } = cli('list', '--format', 'csv', '--fields', 'userName,state');
    expect(stdout.trim().split(/\r?\n/).sort()).toEqual(['alice,active', 'bob,expired', 'userName,state']);
    expect(stderr).not.toMatch(/rror/);
    expect(JSON.parse(cli('purge', '--expired', '--json').stdout)).toMatchObject({ removed: 1 });
  });

  it('spec 7: neither the configuration nor a command that only looks makes the file', async () => {
    const file = join(temporaryFolder(), 'sessions.db');
    const looked = 'return [await store.open(), await store.find("a".repeat(32)), await all(store.scan())];';
    expect(await withStore(file, looked)).toEqual([null, null, []]);
    const config = ['--config', join(EXAMPLE, 'moin-sessions.config.mjs')];
    const command = [join(built, 'bin/moin-sessions.js'), ...config, 'list', '--json'];
    const { stdout } = spawnSync(node, command, {
      encoding: 'utf8',
      env: { ...process.env, SESSIONS_DB: file },
    });
    expect(JSON.parse(stdout)).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });

  it('a file that SQLite cannot open is a StoreError that names the remedy', async () => {
    const missingFolder = join(temporaryFolder(), 'absent', 'sessions.db');
    const failing = withStore(missingFolder, 'await store.open(); return 1;');
    await expect(failing).rejects.toThrow(
      /StoreError: the store .*sessions\.db fails: ENOENT.*look at the disk/,
    );
  });
});
