import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { install, type Packed, pack } from '../aid/packed.js';
import { logInAlice, page, startProgram, withAlice } from '../aid/program.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const NEXT = join(HERE, 'node_modules/next/dist/bin/next');
const installed = existsSync(NEXT) ? null : "Next.js is missing: run 'npm run ecosystem:install'";

/** The configuration in docs/deploying.md, and where this test has put the application and Next.js. */
const CONFIG = (documented: string) => `
  const documented = ${documented};
  const root = ${JSON.stringify(HERE)};
  export default { output: 'standalone', ...documented, outputFileTracingRoot: root, turbopack: { root } };
`;
const WITH_TURBOPACK = "{ serverExternalPackages: ['moin-sessions'] }";
const WITH_WEBPACK = `{
  serverExternalPackages: ['moin-sessions'],
  outputFileTracingIncludes: { '/**': ['./node_modules/fs-native-extensions/prebuilds/linux-*/*.node'] },
}`;

const documented = (name: string) => readFileSync(join(HERE, '../../docs', name), 'utf8');

/** The files of an application that docs/frameworks.md shows, by their paths. */
const files = [
  ...documented('frameworks.md').matchAll(/^( *)```js\n *\/\/ (\S+\.js)\n([\s\S]*?)^ *```$/gm),
].map(([, indent = '', path = '', text = '']) => [path, text.replaceAll(`\n${indent}`, '\n')] as const);

/** Changes a session. */
const COUNT = `
  import { withSessions } from 'moin-sessions/fetch';
  import { sessions } from '../../lib/sessions.js';

  export const POST = withSessions(sessions, async (_request, { session }) =>
    Response.json(await session.update('views', (before = 0) => before + 1)),
  );
`;

it('docs/frameworks.md shows these files of an application', () => {
  expect(files.map(([path]) => path)).toEqual([
    'lib/sessions.js',
    'app/login/route.js',
    'lib/visit.js',
    'app/page.js',
  ]);
});

it('docs/deploying.md shows this configuration', () => {
  const page = documented('deploying.md');
  for (const line of WITH_WEBPACK.split('\n').slice(1, -1)) expect(page).toContain(line.trim());
});

let packed: Packed;
let application: string;
beforeAll(() => {
  packed = pack();
  // Not in node_modules, whose JSX Next.js does not compile; beside its node_modules, where it finds itself.
  application = mkdtempSync(join(HERE, '.next-'));
  cpSync(join(HERE, 'next-app'), application, { recursive: true });
  for (const [path, text] of [...files, ['app/count/route.js', COUNT] as const]) {
    mkdirSync(dirname(join(application, path)), { recursive: true });
    writeFileSync(join(application, path), text);
  }
  install(packed, application);
});
afterAll(() => {
  packed.remove();
  rmSync(application, { recursive: true, force: true });
});

describe.each([
  ['Turbopack', '--turbopack', WITH_TURBOPACK],
  ['webpack', '--webpack', WITH_WEBPACK],
])('next build with %s, as standalone', (_name, flag, config) => {
  it('the files of docs/frameworks.md run elsewhere: a login, a refused one, a page, and all after a restart', {
    timeout: 300_000,
  }, async (context) => {
    need(context, installed);
    writeFileSync(join(application, 'next.config.mjs'), CONFIG(config));
    const env = { ...process.env, NODE_ENV: 'production' as const, NEXT_TELEMETRY_DISABLED: '1' };
    execFileSync(process.execPath, [NEXT, 'build', flag], { cwd: application, env, stdio: 'pipe' });
    const elsewhere = temporaryFolder();
    cpSync(join(application, '.next/standalone'), elsewhere, { recursive: true, verbatimSymlinks: true });
    const folder = join(elsewhere, application.slice(HERE.length));
    await withAlice(join(folder, 'users.json'));
    const running = { STORE: join(folder, 'sessions'), USERS: join(folder, 'users.json') };
    const first = await startProgram(folder, 'server.js', running);
    const cookie = await logInAlice(first.url);
    const wrong = { method: 'POST', body: new URLSearchParams({ login: '1', name: 'alice', password: 'x' }) };
    expect((await fetch(`${first.url}/login`, wrong)).status).toBe(401);
    await fetch(`${first.url}/count`, { method: 'POST', headers: { cookie } });
    expect(await page(first.url, cookie)).toContain('<p>alice: 1</p>');
    await first.stop();
    const second = await startProgram(folder, 'server.js', running);
    expect(await page(second.url, cookie)).toContain('<p>alice: 1</p>');
    expect(await page(second.url, '')).toContain('<p>nobody: 0</p>');
    await second.stop();
  });
});
