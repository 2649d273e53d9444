import { spawnSync } from 'node:child_process';
import { chownSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../aid/folder.js';
import { APP } from '../../aid/ownership.js';

/** A server's first request and its user file, by a process with this umask, which is not root's. */
const PROGRAM = (module: string, umask: number) => `
  process.umask(${umask});
  if (process.geteuid() === 0) { process.setegid(${APP}); process.seteuid(${APP}); }
  const { createSessions, FileUserDirectory } = await import(${JSON.stringify(module)});
  const users = new FileUserDirectory('deep/er/users.json', { scrypt: { cost: 2, blockSize: 1, parallelization: 1 } });
  await users.add('alice', 'alice');
  const sessions = createSessions({ store: 'site/sessions', users });
  const form = { login: true, name: 'alice', password: 'alice' };
  const login = await sessions.begin({ method: 'POST', headers: {}, form });
  await login.commit();
  console.log(login.user.name);
`;

function modesIn(folder: string): string[] {
  const modes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
    const stats = statSync(join(folder, name));
    return `${stats.isDirectory() ? 'folder' : 'file'} ${(stats.mode & 0o777).toString(8)}`;
  });
  return [...new Set(modes)].sort();
}

it.each([0o000, 0o022, 0o177, 0o277, 0o777])(
  'spec 6: folders are 0700 and files 0600 whatever the umask takes away (%i)',
  (umask) => {
    const folder = temporaryFolder();
    const program = join(inject('built'), `umask-${umask}.mjs`);
    writeFileSync(program, PROGRAM(join(inject('built'), 'dist/index.js'), umask));
    onTestFinished(() => rmSync(program));
    if (process.geteuid?.() === 0) chownSync(folder, APP, APP);
    const { stdout, stderr } = spawnSync(process.execPath, [program], { cwd: folder, encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: 'alice\n', stderr: '' });
    expect(modesIn(folder)).toEqual(['file 600', 'folder 700']);
  },
);
