import { lchownSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileStore } from '../../../src/store/file/store.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { notRoot, STRANGER } from '../../aid/ownership.js';
import { sample, storeOf } from '../../aid/records.js';

describe("root writes nothing through a folder that is another user's link", () => {
  it.for([
    ['export', '--output', 'link/e.ndjson'],
    ['stats', '--json', '--output', 'link/stats.json'],
    ['stats', '--svg', 'link/stats.svg'],
    ['demo', '--dir', 'link/demo'],
    ['copy', '--to', 'file:link'],
    ['copy', '--to', 'file:link/store'],
  ])('%j', async (argv, context) => {
    need(context, notRoot);
    const cwd = temporaryFolder();
    const elsewhere = join(cwd, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync('elsewhere', join(cwd, 'link'));
    const run = async () => {
      const address = argv.find((word) => word.startsWith('file:')) ?? '';
      const stores = { [address]: new FileStore(join(cwd, address.slice('file:'.length))) };
      return cli({ store: await storeOf(sample('abc')), stores, cwd, env: { NO_COLOR: '1' } }, ...argv);
    };
    lchownSync(join(cwd, 'link'), STRANGER, STRANGER);
    const { code, err } = await run();
    expect(code).toBe(1);
    expect(err).toContain(`${join(cwd, 'link')} is a symbolic link of the user ${STRANGER}`);
    expect(readdirSync(elsewhere)).toEqual([]);
    lchownSync(join(cwd, 'link'), 0, 0);
    expect(await run()).toMatchObject({ code: 0 });
    expect(readdirSync(elsewhere)).not.toEqual([]);
  });
});
