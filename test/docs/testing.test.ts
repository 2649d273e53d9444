import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { missingChromium, pathOfChromium } from '../aid/chromium.js';
import { installPacked, type PackedPackage } from '../aid/installed.js';
import { need } from '../aid/need.js';

const PROJECT = new URL('../../', import.meta.url);
const JEST = fileURLToPath(new URL('test/ecosystem/node_modules/jest/bin/jest.js', PROJECT));

/** The programs that a page shows, by the name that it gives them. */
function programsOf(page: string): Map<string, string> {
  const blocks = readFileSync(new URL(page, PROJECT), 'utf8').matchAll(
    /^```js file=(\S+)\n([\s\S]*?)^```$/gm,
  );
  return new Map([...blocks].map(([, name, text]) => [String(name), String(text)]));
}

const programs = new Map([...programsOf('docs/testing.md'), ...programsOf('docs/stores.md')]);
const tests = [...programs.keys()].filter((name) => name.endsWith('.test.mjs'));

/** What `my-store.test.mjs` imports: the page leaves it to the reader. */
const MY_STORE = `
  import { mkdirSync, writeFileSync } from 'node:fs';
  import { join } from 'node:path';
  import { FileStore } from 'moin-sessions';
  export class MyStore extends FileStore {
    constructor(folder) {
      super(folder);
      this.folder = folder;
    }
  }
  export function plant(folder, id, text) {
    mkdirSync(join(folder, id.slice(0, 2)), { recursive: true });
    writeFileSync(join(folder, id.slice(0, 2), id + '.json'), text);
  }
`;

let application: PackedPackage;
beforeAll(() => {
  const same = ['express', 'fastify', 'hono', 'supertest'].map((name) => [name, name]);
  const others = Object.fromEntries([...same, ['playwright', 'playwright-core']]);
  application = installPacked(inject('built'), others);
  const jest = { testMatch: ['**/*.test.mjs'], transform: {} };
  const files = [
    ...programs,
    ['my-store.mjs', MY_STORE],
    ['package.json', JSON.stringify({ jest })],
  ] as const;
  for (const [name, text] of files) writeFileSync(join(application.folder, name), text);
});
afterAll(() => application?.remove());

function run(args: string[]) {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, VITEST: undefined };
  return spawnSync(process.execPath, args, {
    cwd: application.folder,
    encoding: 'utf8',
    env: { ...env, CHROMIUM: pathOfChromium() ?? '' },
  });
}

test('docs/testing.md and docs/stores.md have a test for each tool', () => {
  expect(tests).toEqual([
    'browser.test.mjs',
    'jest.test.mjs',
    'supertest.test.mjs',
    'inject.test.mjs',
    'playwright.test.mjs',
    'my-store.test.mjs',
  ]);
});

test.for(tests)('%s of the docs passes', (name, context) => {
  const isJest = name === 'jest.test.mjs';
  if (name === 'playwright.test.mjs') need(context, missingChromium());
  if (isJest) need(context, existsSync(JEST) ? null : "Jest is missing: run 'npm run ecosystem:install'");
  const path = join(application.folder, name);
  const args = isJest ? ['--experimental-vm-modules', JEST, '--runTestsByPath', path] : ['--test', path];
  const { status, stdout, stderr } = run(args);
  expect(status, stdout + stderr).toBe(0);
  expect(stdout + stderr).toMatch(/(# pass|Tests:) +[1-9]/);
});

test('the sealer of docs/stores.md opens what it sealed, under its own id and key alone', () => {
  const program = `
    import assert from 'node:assert/strict';
    import { randomBytes } from 'node:crypto';
    import { UnreadableRecordError } from 'moin-sessions';
    import { sealer } from './sealer.mjs';
    const [a, b] = ['a', 'b'].map((digit) => digit.repeat(32));
    const { seal, open } = sealer(randomBytes(32));
    const sealed = seal(a, 'schön');
    assert.equal(open(a, sealed), 'schön');
    assert.throws(() => open(b, sealed), UnreadableRecordError);
    assert.throws(() => open(a, sealed.subarray(0, 5)), UnreadableRecordError);
    assert.throws(() => sealer(randomBytes(32)).open(a, sealed), UnreadableRecordError);
    assert.ok(!sealed.includes('sch'));
  `;
  expect(run(['--input-type=module', '--eval', program])).toMatchObject({ status: 0, stderr: '' });
});
