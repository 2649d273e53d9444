import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../../aid/folder.js';
import { NODES } from '../../aid/nodes.js';

let folder: string;
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

beforeEach(() => {
  folder = temporaryFolder();
});

describe.each(NODES)('a configuration in TypeScript, with %s', (node) => {
  const stripsTypes = spawnSync(node, ['-p', 'process.features.typescript'], { encoding: 'utf8' });
  const isNative = stripsTypes.stdout.trim() === 'strip';

  function count(...argv: string[]) {
    const program = join(inject('built'), 'bin/moin-sessions.js');
    const args = [program, 'list', '--format', 'count', ...argv];
    const { status, stdout, stderr } = spawnSync(node, args, { cwd: folder, encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  it('loads together with its imports, and without a warning in a package without "type"', () => {
    write('package.json', '{}');
    write('store.ts', "export const store: string = 'memory:';");
    write('c.ts', "import { store } from './store.ts'; export default { store } satisfies object;");
    expect(count('--config', 'c.ts')).toEqual({ status: 0, stdout: '0\n', stderr: '' });
  });

  it.each([
    ['an enum', "enum Where { here = 'memory:' } export default { store: Where.here };", 'without enum'],
    ['a .js that is a .ts', "import { store } from './store.js'; export default { store };", 'so write .ts'],
  ])('%s: where Node strips types, its rules apply and the error names a remedy', (_name, text, remedy) => {
    write('store.ts', "export const store = 'memory:';");
    write('c.mts', text);
    const result = count('--config', 'c.mts');
    if (!isNative) return expect(result).toEqual({ status: 0, stdout: '0\n', stderr: '' });
    expect(result).toEqual({ status: 2, stdout: '', stderr: expect.stringContaining(remedy) });
    expect(result.stderr).toMatch(/^[^\n]+\n$/);
  });

  it.each([
    ['throws', '\n\nthrow new Error("no DATABASE_URL");', /c\.mjs: no DATABASE_URL \(line 3\)\n$/],
    [
      'calls what throws',
      'const f = () => none.x;\nexport default { store: f() };',
      /none is not defined \(line 1\)\n$/,
    ],
    ['imports a file that throws', "import './thrower.mjs';", /c\.mjs: down \(\S+thrower\.mjs:2\)\n$/],
    [
      'imports a missing package',
      "import a from 'not-there-at-all'; export default a;",
      /'not-there-at-all'.*: install it [^\n]*\n$/,
    ],
    ['is JSON', '{\n  "secrets": ["hunter2"]\n}', /: it is JSON, so [^\n]*\.json\n$/],
  ])('a file that %s: one line with the place or the remedy', (_what, text, expected) => {
    write('thrower.mjs', '\nthrow new Error("down");');
    for (const name of ['c.mjs', 'c.mts']) {
      write(name, text);
      const { status, stderr } = count('--config', name);
      expect({ status, stderr: stderr.replaceAll('c.mts', 'c.mjs') }).toEqual({
        status: 2,
        stderr: expect.stringMatching(expected),
      });
      expect(stderr).toMatch(/^[^\n]+\n$/);
      expect(stderr).not.toContain('hunter2');
    }
  });

  it('a syntax error: one line with the position or how to find it, and nothing of the text', () => {
    write('c.ts', "export default {\n  secrets: ['hunter2'] b,\n};");
    for (const flags of [[], ['--debug']]) {
      const { status, stderr } = count('--config', 'c.ts', ...flags);
      expect(status).toBe(2);
      expect(stderr).toMatch(isNative ? /'node .*c\.ts' shows where/ : /at 2:\d+\)/);
      expect(stderr).not.toContain('hunter2');
    }
  });
});
