import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/base/errors.js';
import { findLayout } from '../../src/moin/layout.js';
import { temporaryFolder } from '../aid/folder.js';
import { unpackWiki } from '../aid/moin/wikis.js';

function errorOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('spec 8: the layout of a wiki', () => {
  it('is found from the folder that holds data, from data, and from the folder of the sessions', () => {
    for (const layout of ['1.6', '1.9'] as const) {
      const { dir, data, sessionDir } = unpackWiki(layout);
      const expected = {
        layout,
        sessionDir,
        userDir: join(data, 'user'),
        secretsDir: layout === '1.6' ? join(data, 'cache/__common__/ussc') : null,
      };
      for (const named of [dir, data, sessionDir]) expect(findLayout(named), named).toEqual(expected);
    }
  });

  it('is found through a link to the folder of the sessions', () => {
    const { sessionDir, data } = unpackWiki('1.9');
    const link = join(temporaryFolder(), 'link');
    symlinkSync(sessionDir, link);
    expect(findLayout(link)).toEqual({
      layout: '1.9',
      sessionDir,
      userDir: join(data, 'user'),
      secretsDir: null,
    });
  });

  it('is found from the folder of the sessions of a wiki whose cache_dir lies elsewhere', () => {
    const cache = join(temporaryFolder(), 'moin-cache');
    mkdirSync(join(cache, '__session__'), { recursive: true });
    mkdirSync(join(cache, '__common__/session'), { recursive: true });
    const sessions19 = join(cache, '__session__');
    expect(findLayout(sessions19)).toEqual({
      layout: '1.9',
      sessionDir: sessions19,
      userDir: null,
      secretsDir: null,
    });
    const sessions16 = join(cache, '__common__/session');
    const secretsDir = join(cache, '__common__/ussc');
    expect(findLayout(sessions16)).toEqual({
      layout: '1.6',
      sessionDir: sessions16,
      userDir: null,
      secretsDir,
    });
  });

  it('a wiki of 1.6 on which only logins are, and no session file yet, is one of 1.6', () => {
    const { data, sessionDir } = unpackWiki('1.6');
    rmSync(sessionDir, { recursive: true });
    expect(findLayout(data)).toMatchObject({ layout: '1.6', sessionDir });
  });

  it('a wiki without its folder of users has none', () => {
    const { data } = unpackWiki('1.9');
    renameSync(join(data, 'user'), join(data, 'users'));
    expect(findLayout(data).userDir).toBeNull();
  });

  it('a wiki that has been upgraded has both layouts: the error asks for the folder of the sessions, which then works', () => {
    const { data, sessionDir } = unpackWiki('1.6');
    mkdirSync(join(data, 'cache/__session__'));
    const error = errorOf(() => findLayout(data));
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toMatch(/1\.6.*1\.9.*name the one of these folders.*moin:.*__session__/);
    expect(findLayout(join(data, 'cache/__session__')).layout).toBe('1.9');
    expect(findLayout(sessionDir).layout).toBe('1.6');
  });

  it('a folder that is no wiki: the error says what was looked for', () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'data'), 'a file');
    const error = errorOf(() => findLayout(dir));
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toContain(dir);
    expect(error.message).toMatch(/cache\/__session__.*cache\/__common__\/session.*'data'/);
    expect(errorOf(() => findLayout(join(dir, 'nothing'))).message).toMatch(/there is no such folder/);
    expect(errorOf(() => findLayout(join(dir, 'data'))).message).toMatch(/it is a file, and no folder/);
  });

  it('a folder that nobody may look into, and links in a circle, are errors with the remedy', (context) => {
    const dir = temporaryFolder();
    symlinkSync(join(dir, 'b'), join(dir, 'a'));
    symlinkSync(join(dir, 'a'), join(dir, 'b'));
    expect(errorOf(() => findLayout(join(dir, 'a'))).message).toMatch(/lead in a circle/);
    if (process.geteuid?.() === 0) return void context.annotate('root may look into every folder');
    const { data } = unpackWiki('1.9');
    chmodSync(data, 0);
    const { message } = errorOf(() => findLayout(data));
    chmodSync(data, 0o700);
    expect(message).toMatch(/permission denied/);
  });
});
