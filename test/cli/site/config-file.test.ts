import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';

let folder: string;
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

beforeEach(() => {
  folder = temporaryFolder();
});

/**
 * Where Node strips types, the test runner itself would transform the file, and its error is not Node's. There
 * `config-module.test.ts` runs a real process on the same fault.
 */
const READ_BY_JITI: [string, string, RegExp][] =
  'typescript' in process.features && process.features.typescript
    ? []
    : [['c.ts', 'export default {\n  a b };', /c\.ts: .* \(at 2:\d+\)$/m]];

describe('the configuration file', () => {
  it.each([
    ['ts', "export default { store: 'file:s' as string };"],
    ['mts', "export default { store: 'file:s' satisfies string };"],
    ['mjs', "export default { store: 'file:s' };"],
    ['json', '{ "store": "file:s" }'],
  ])('may be .%s', async (ending, text) => {
    write(`moin-sessions.config.${ending}`, text);
    const { opened } = await cli({ cwd: folder }, 'list');
    expect(opened[0]?.where).toBe('file:s');
  });

  it('is the nearest one upwards; its paths start from its folder', async () => {
    write('moin-sessions.config.json', '{ "store": "file:outer" }');
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    const { opened } = await cli({ cwd: join(folder, 'a/b') }, 'list');
    expect(opened).toEqual([{ where: 'file:outer', mustExist: true, readOnly: true, resolveFrom: folder }]);
  });

  it('I7: its durability applies to writes of the command line', async () => {
    write('moin-sessions.config.json', '{ "durability": "fsync" }');
    const { opened } = await cli({ cwd: folder }, 'list', '--store', 'x');
    expect(opened[0]).toMatchObject({ where: 'x', durability: 'fsync' });
  });

  it('precedence: --config, MOIN_SESSIONS_CONFIG, the nearest; --store over its store', async () => {
    write('moin-sessions.config.json', '{ "store": "nearest" }');
    write('env.json', '{ "store": "env" }');
    write('flag.json', '{ "store": "flag" }');
    const env = { MOIN_SESSIONS_CONFIG: 'env.json' };
    const where = async (world: object, ...argv: string[]) =>
      (await cli({ cwd: folder, ...world }, 'list', ...argv)).opened[0]?.where;
    expect(await where({})).toBe('nearest');
    expect(await where({ env })).toBe('env');
    expect(await where({ env }, '--config', 'flag.json')).toBe('flag');
    expect(await where({ env }, '--config', 'flag.json', '--store', 'mine')).toBe('mine');
  });

  it.each([
    ['c.json', '{\n  "store": "s",\n}', /c\.json:3:1: unexpected "}"/],
    ['c.json', '{ "store": ', /c\.json:1:12: it ends too early/],
    ['c.json', '{ "store": "hunter2" "x" }', /c\.json:1:22: unexpected "\\""/],
    ['c.json', '[]', /exports no object/],
    ['c.json', '{ "stroe": "s" }', /c\.json: .*"stroe" \(did you mean 'store'\?\)/],
    ['c.json', '{ "onLimit": "no" }', /c\.json: option onLimit must be evict or deny/],
    ['c.mjs', 'export const x = 1;', /exports no object/],
    ['c.mjs', 'throw new Error("boom\\nmore");', /c\.mjs: boom/],
    ...READ_BY_JITI,
  ])(
    '%s with %j: exit 2, in one line that names the file and quotes nothing else of it',
    async (name, text, message) => {
      write(name, text);
      const { code, err } = await cli({ cwd: folder }, 'list', '--config', name);
      expect(code).toBe(2);
      expect(err).toMatch(message);
      expect(err).toMatch(/^[^\n]+\n$/);
      expect(err).not.toContain('hunter2');
    },
  );

  it('a folder: exit 2, and the error says what to name instead', async () => {
    const { code, err } = await cli({ cwd: folder }, 'list', '--config', '.');
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('is a folder: name the') });
  });

  it('a missing file: exit 2', async () => {
    expect((await cli({ cwd: folder }, 'list', '--config', 'none.json')).code).toBe(2);
  });
});
