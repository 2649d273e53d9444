import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';

/** Saves many sessions in turn, as requests do, with a few descriptors more than the process has at its beginning. */
const PROGRAM = (module: string, dir: string) => `
  import { closeSync, openSync, readdirSync } from 'node:fs';
  import { createSessions } from ${JSON.stringify(module)};
  const sessions = createSessions({ store: ${JSON.stringify(dir)}, anonymousCookieLifetime: 1 });
  const visit = async (cookie, set) => {
    const one = await sessions.begin({ method: 'GET', url: '/', headers: { cookie } });
    if (set) one.session.set('n', (one.session.get('n') ?? 0) + 1);
    return (await one.commit())['set-cookie'];
  };
  const cookies = [];
  for (let n = 0; n < 60; n++) cookies.push(String(await visit()).split(';')[0]);
  for (const cookie of cookies) await visit(cookie, true);
  await new Promise(setImmediate);
  const held = [];
  try { for (;;) held.push(openSync('/dev/null')); } catch {}
  for (const fd of held.splice(0, 8)) closeSync(fd);
  let failed = 0;
  for (let round = 0; round < 3; round++)
    for (const cookie of cookies) await visit(cookie, true).catch(() => { failed += 1; });
  for (const fd of held) closeSync(fd);
  console.log(failed);
  await sessions.close();
`;

it('a process that may open no more files gives up those that it keeps open for the next save', (context) => {
  need(context, process.platform === 'win32' ? 'Windows has no ulimit' : null);
  const folder = temporaryFolder();
  const program = join(folder, 'program.mjs');
  const module = join(inject('built'), 'dist/index.js');
  writeFileSync(program, PROGRAM(module, join(folder, 'sessions')));
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -n 128; exec "$0" "$1"', process.execPath, program],
    {
      encoding: 'utf8',
    },
  );
  expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
});
