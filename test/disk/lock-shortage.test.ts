import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { NODES } from '../aid/nodes.js';

/** Prints what a process's first two writes say: without file descriptors, and when it has them again. */
const PROGRAM = (module: string, dir: string) => `
  import { closeSync, openSync } from 'node:fs';
  import { FileStore } from ${JSON.stringify(module)};
  const held = [];
  try { for (;;) held.push(openSync('/dev/null')); } catch {}
  const write = () => new FileStore(${JSON.stringify(dir)})
    .create(${JSON.stringify({
      ...{ version: 1, id: 'a'.repeat(32), kind: 'anonymous', user: null, created: 1, seen: 1 },
      ...{ cookieExpires: 2, expires: 3, revision: 1, remember: false, ended: null, data: {} },
    })})
    .catch((error) => error.name + ': ' + error.message);
  const short = await write();
  for (const fd of held) closeSync(fd);
  console.log(JSON.stringify([short, await write()]));
`;

describe.each(NODES)('a process without file descriptors at its first write, with %s', (node) => {
  it('spec 7: says so with the remedy, and writes as soon as there are some again', (context) => {
    need(context, process.platform === 'win32' ? 'Windows has no ulimit' : null);
    const folder = temporaryFolder();
    const program = join(folder, 'program.mjs');
    const module = join(inject('built'), 'dist/store/file/store.js');
    writeFileSync(program, PROGRAM(module, join(folder, 'sessions')));
    const { stdout, stderr } = spawnSync('sh', ['-c', 'ulimit -n 64; exec "$0" "$1"', node, program], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const [short, later] = JSON.parse(stdout);
    expect(short).toMatch(/^StoreError: .*too many open files.*raise the limit \(ulimit -n/);
    expect(later).toBe('created');
  });
});
