import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type * as Package from '../../src/index.js';
import type * as Testing from '../../src/testing/index.js';
import { installPacked, type PackedPackage } from '../aid/installed.js';
import { need } from '../aid/need.js';
import { NODES } from '../aid/nodes.js';
import { mutantKind, mutants } from '../store/mutants.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const JEST = join(PROJECT, 'test/ecosystem/node_modules/jest/bin/jest.js');
const VITEST = join(PROJECT, 'node_modules/vitest/vitest.mjs');
const noJest = existsSync(JEST) ? null : "Jest is missing: run 'npm run ecosystem:install'";

/** The tests of an application, for any runner: the contract of its store, and a visitor, a user and a clock. */
const TESTS = `
  const broken = () => Object.assign(new MemoryStore(), { tombstone: async () => null });
  for (const { title, run } of storeChecks({ open: () => new MemoryStore(), plant: (store, id, text) => store.putBytes(id, text) }))
    test(title, run);
  test('a broken store is noticed', async () => {
    for (const { title, run } of storeChecks({ open: broken }))
      if (title.startsWith('answers gone')) await assert.rejects(run(), { name: 'BrokenContractError', message: /^the store breaks this sentence/ });
  });
  test('a login ends by the clock', async () => {
    const clock = testClock();
    const sessions = createSessions({ store: 'memory:', secrets: 'x'.repeat(32), anonymousCookieLifetime: 1, clock });
    assert.equal((await (await visitor(sessions)).get('/')).session.available, true);
    const alice = await loggedIn(sessions, 'alice');
    const thief = alice.copy();
    assert.equal((await alice.get('/')).user, 'alice');
    clock.advance({ hours: 13 });
    assert.equal((await alice.get('/')).user, null);
    assert.equal(thief.cookieHeader(), '');
  });
`;
const NAMES = ['createSessions, MemoryStore', 'loggedIn, storeChecks, testClock, visitor'];
const asModule = (runner: string) => `
  import assert from 'node:assert/strict';
  import { ${NAMES[0]} } from 'moin-sessions';
  import { ${NAMES[1]} } from 'moin-sessions/testing';
  ${runner}
  ${TESTS}`;
const asCommonJs = (runner: string) => `
  const assert = require('node:assert/strict');
  const { ${NAMES[0]} } = require('moin-sessions');
  const { ${NAMES[1]} } = require('moin-sessions/testing');
  ${runner}
  ${TESTS}`;

/** The least version of Node, the files and the command. */
const RUNNERS: readonly (readonly [
  name: string,
  least: number,
  file: string,
  text: string,
  args: string[],
])[] = [
  ['node:test', 20, 'app.mjs', asModule("import { test } from 'node:test';"), ['--test', 'app.mjs']],
  [
    'node:test, CommonJS',
    20,
    'app.cjs',
    asCommonJs("const { test } = require('node:test');"),
    ['--test', 'app.cjs'],
  ],
  [
    'Vitest',
    20,
    'app.mjs',
    asModule(
      `import { test } from ${JSON.stringify(pathToFileURL(join(PROJECT, 'node_modules/vitest/dist/index.js')))};`,
    ),
    [VITEST, 'run', '--root', '.', 'app.mjs'],
  ],
  ['Jest', 20, 'app.mjs', asModule(''), ['--experimental-vm-modules', JEST]],
  ['Jest, CommonJS', 24, 'app.cjs', asCommonJs(''), ['--experimental-vm-modules', JEST]],
];

/** This Node and the others of the machine, by major version. */
const nodes = new Map(
  NODES.map((path) => [
    Number(spawnSync(path, ['--print', 'process.versions.node']).stdout.toString().split('.')[0]),
    path,
  ]),
);

let packed: PackedPackage;
beforeAll(() => {
  packed = installPacked(inject('built'));
});
afterAll(() => packed?.remove());

describe('moin-sessions/testing, from the tarball', () => {
  beforeEach(() => {
    const jest = { testMatch: ['**/app.{mjs,cjs}'], transform: {} };
    writeFileSync(join(packed.folder, 'package.json'), JSON.stringify({ name: 'app', jest }));
    writeFileSync(
      join(packed.folder, 'vitest.config.mjs'),
      "export default { test: { include: ['app.mjs'] } };",
    );
  });

  it.for(RUNNERS)('works in %s, from Node %s on', ([name, least, file, text, args], context) => {
    const [, node] = [...nodes].find(([major]) => major >= least) ?? [];
    if (name.startsWith('Jest')) need(context, noJest);
    need(context, node === undefined ? `no Node ${least} or later is named in MOIN_SESSIONS_NODES` : null);
    const path = join(packed.folder, file);
    writeFileSync(path, text);
    const only = name.startsWith('Jest') ? ['--runTestsByPath', path] : [];
    const { status, stdout, stderr } = spawnSync(node ?? '', [...args, ...only], {
      cwd: packed.folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, VITEST: undefined },
    });
    expect(status, stdout + stderr).toBe(0);
    const passed = /(?:# pass|ℹ pass|Tests:?) +(\d+)/.exec(stdout + stderr)?.[1];
    expect(Number(passed), stdout + stderr).toBe(56);
  });

  it('Jest loads it by import() in CommonJS, with a file store', (context) => {
    need(context, noJest);
    const path = join(packed.folder, 'app.cjs');
    writeFileSync(
      path,
      `test('a visitor has no session', async () => {
        const { createSessions } = await import('moin-sessions');
        const sessions = createSessions({ store: 'file:' + __dirname + '/sessions' });
        const { session } = await sessions.begin({ method: 'GET', url: '/' });
        expect(session.available).toBe(false);
        await sessions.close();
      });`,
    );
    const args = ['--experimental-vm-modules', JEST, '--runTestsByPath', path];
    const { stderr } = spawnSync(process.execPath, args, { cwd: packed.folder, encoding: 'utf8' });
    expect(stderr).toMatch(/Tests: +1 passed, 1 total/);
  });

  it('a test runner is no part of it, and the main entry loads nothing of it', () => {
    const program = `
      await import('moin-sessions');
      await import('moin-sessions/testing');
    `;
    const hook = `export async function load(url, context, next) {
      console.log(url);
      return next(url, context);
    }`;
    const flags = [
      '--import',
      `data:text/javascript,${encodeURIComponent(`import { register } from 'node:module'; register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(hook))});`)}`,
    ];
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [...flags, '--input-type=module', '--eval', program],
      { cwd: packed.folder, encoding: 'utf8' },
    );
    const loaded = stdout.split('\n');
    const merged = loaded.filter((url) => url.includes('/dist/merged/'));
    expect(merged.length, stderr).toBeGreaterThan(2);
    for (const url of merged) expect(readFileSync(new URL(url), 'utf8')).not.toMatch(/^\/\/ testing\//m);
    const testing = loaded.findIndex((url) => url.includes('/dist/testing/'));
    const main = loaded.findLastIndex((url) => url.includes('/dist/') && !url.includes('/dist/testing/'));
    expect(testing).toBeGreaterThan(-1);
    expect(testing).toBeGreaterThan(main);
    expect(loaded.filter((url) => /vitest|jest|node:test/.test(url))).toEqual([]);
  });

  it('spec 6: its suite notices every broken store', async () => {
    const require = createRequire(join(packed.folder, 'app.mjs'));
    const load = <T>(name: string): Promise<T> => import(pathToFileURL(require.resolve(name)).href);
    const { MemoryStore } = await load<typeof Package>('moin-sessions');
    const { storeChecks } = await load<typeof Testing>('moin-sessions/testing');
    for (const mutant of mutants) {
      const failed: string[] = [];
      for (const { title, run } of storeChecks(mutantKind(mutant, MemoryStore)))
        await run().catch(() => failed.push(title));
      expect(failed, mutant.name).toContain(mutant.caughtBy);
    }
  });
});
