import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, inject, onTestFinished, test } from 'vitest';
import { FileUserDirectory } from '../../../src/users/file.js';
import { resultOf } from '../../aid/cli/run.js';
import { temporaryFolder } from '../../aid/folder.js';
import { page, startProgram } from '../../aid/program.js';

const SERVER = fileURLToPath(new URL('./passwd.mjs', import.meta.url));
const OLD = 'the old password';
const NEW = 'the new password';
/** So that a check takes some 40 ms, and eight logins wait for each other. */
const COST = { cost: 2 ** 14 };
const AT_ONCE = 8;

async function logIn(url: string, password: string): Promise<string> {
  const body = new URLSearchParams({ login: '1', name: 'bob', password });
  const response = await fetch(`${url}/login`, { method: 'POST', body });
  await response.text();
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

test('S4: after users passwd has ended, no login with the old password is open, however many were under way', async () => {
  const root = temporaryFolder();
  const path = join(root, 'users.json');
  await new FileUserDirectory(path, { scrypt: COST }).add('bob', OLD);
  const library = pathToFileURL(join(inject('built'), 'dist')).href;
  const config = join(root, 'config.mjs');
  writeFileSync(
    config,
    `import { FileUserDirectory } from ${JSON.stringify(`${library}/index.js`)};
     const users = new FileUserDirectory(${JSON.stringify(path)}, { scrypt: ${JSON.stringify(COST)} });
     export default { users, store: new URL('sessions', import.meta.url), maxSessionsPerUser: 10_000 };`,
  );
  const server = await startProgram(root, [SERVER, library, config], {});
  onTestFinished(() => server.stop().then(() => {}));

  let isOver = false;
  const cookies: string[] = [];
  const attacker = async () => {
    while (!isOver) {
      const cookie = await logIn(server.url, OLD);
      if (cookie !== '') cookies.push(cookie);
    }
  };
  const attackers = Array.from({ length: AT_ONCE }, attacker);
  await expect.poll(() => cookies.length, { timeout: 20_000 }).toBeGreaterThan(AT_ONCE);
  const program = join(inject('built'), 'bin/moin-sessions.js');
  const argv = [program, '--config', config, 'users', 'passwd', 'bob', '--password-stdin', '--yes'];
  const passwd = spawn(process.execPath, argv, { cwd: root });
  passwd.stdin.end(`${NEW}\n`);
  expect(await resultOf(passwd)).toMatchObject({
    code: 0,
    out: expect.stringContaining('Set a new password'),
  });
  isOver = true;
  await Promise.all(attackers);

  for (const cookie of cookies) expect(await page(server.url, cookie)).toBe('nobody');
  expect(await page(server.url, await logIn(server.url, OLD))).toBe('nobody');
  expect(await page(server.url, await logIn(server.url, NEW))).toBe('bob');
});
