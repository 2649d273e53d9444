import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { install, pack } from '../aid/packed.js';

const JEST = fileURLToPath(new URL('node_modules/jest/bin/jest.js', import.meta.url));

const SUITE = (load: string) => `
  test('a visitor has no session', async () => {
    const { createSessions } = ${load};
    const sessions = createSessions({ store: 'file:' + __dirname + '/sessions' });
    const { session } = await sessions.begin({ method: 'GET', url: '/' });
    expect(session.available).toBe(false);
    await sessions.close();
  });
`;

it('Jest runs the library in ES modules and from CommonJS, with the flag in docs/testing.md', (context) => {
  need(context, existsSync(JEST) ? null : "Jest is missing: run 'npm run ecosystem:install'");
  const folder = temporaryFolder();
  const packed = pack();
  install(packed, folder);
  packed.remove();
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'jest.config.json'), '{ "transform": {}, "testMatch": ["**/*.test.*js"] }');
  writeFileSync(join(folder, 'common.test.cjs'), SUITE("await import('moin-sessions')"));
  const module = SUITE("await import('moin-sessions')").replace('__dirname', 'import.meta.dirname');
  writeFileSync(join(folder, 'module.test.mjs'), module);
  const env = { ...process.env, NODE_OPTIONS: '--experimental-vm-modules' };
  const { stderr } = spawnSync(process.execPath, [JEST], { cwd: folder, env, encoding: 'utf8' });
  expect(stderr).toMatch(/Tests: +2 passed, 2 total/);
});
