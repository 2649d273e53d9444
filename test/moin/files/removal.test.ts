import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { WikiFolder } from '../../../src/moin/files/folder.js';
import { removeFile } from '../../../src/moin/files/removal.js';
import { ChangedMeanwhile } from '../../../src/moin/files/replacement.js';
import { temporaryFolder } from '../../aid/folder.js';

/** Calls `hook` after the last look at the file, just before it is removed. */
class BusyFolder extends WikiFolder {
  hook = () => {};
  #depth = 0;

  override inside<T>(work: (safe: string) => T): T {
    this.#depth += 1;
    try {
      const result = super.inside(work);
      if (this.#depth === 2) this.hook();
      return result;
    } finally {
      this.#depth -= 1;
    }
  }
}

const NAME = 'f'.repeat(40);
let folder: BusyFolder;
let path: string;

beforeEach(() => {
  folder = new BusyFolder(temporaryFolder());
  path = join(folder.dir, NAME);
  writeFileSync(path, 'old');
});

const names = () => readdirSync(folder.dir);
const remove = () => removeFile(folder, NAME, folder.statsOf(NAME));

describe('I5: a session file that the wiki changes between the last look and its removal', () => {
  it('stays when it was renewed by a rename, and is the same file', () => {
    const renewed = join(folder.dir, 'new');
    writeFileSync(renewed, 'new');
    folder.hook = () => renameSync(renewed, path);
    expect(remove).toThrow(ChangedMeanwhile);
    expect(names()).toEqual([NAME]);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('stays when it was written in place', () => {
    folder.hook = () => writeFileSync(path, 'renewed');
    expect(remove).toThrow(ChangedMeanwhile);
    expect(names()).toEqual([NAME]);
    expect(readFileSync(path, 'utf8')).toBe('renewed');
  });

  it.each<[string, () => void]>([
    ['a folder', () => mkdirSync(path)],
    ['a link', () => symlinkSync('/etc/hostname', path)],
  ])('stays when it is %s now', (_, trap) => {
    folder.hook = () => {
      rmSync(path);
      trap();
    };
    expect(remove).toThrow(ChangedMeanwhile);
    expect(names()).toEqual([NAME]);
  });

  it('is gone when the wiki has removed it', () => {
    folder.hook = () => rmSync(path);
    remove();
    expect(names()).toEqual([]);
  });

  it('is removed when it did not change, and nothing is left', () => {
    remove();
    expect(names()).toEqual([]);
  });
});
