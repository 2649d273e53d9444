import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { MoinSessionsError } from '../../../src/base/errors.js';
import { writeResultFile } from '../../../src/cli/output/result-file.js';
import { temporaryFolder } from '../../aid/folder.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

describe('a result in a file', () => {
  it('is there for other users, whatever the umask, and nothing else is left', () => {
    const before = process.umask(0o077);
    try {
      writeResultFile(folder, 'moin.prom', 'one\n');
      writeResultFile('/', join(folder, 'moin.prom'), 'two\n');
    } finally {
      process.umask(before);
    }
    expect(readFileSync(join(folder, 'moin.prom'), 'utf8')).toBe('two\n');
    expect(statSync(join(folder, 'moin.prom')).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['moin.prom']);
  });

  it('a reader of the old one keeps it whole', () => {
    writeResultFile(folder, 'moin.prom', 'one\n');
    const { ino } = statSync(join(folder, 'moin.prom'));
    writeResultFile(folder, 'moin.prom', 'two\n');
    expect(statSync(join(folder, 'moin.prom')).ino).not.toBe(ino);
  });

  it('takes the place of a link, and does not write through it', () => {
    writeFileSync(join(folder, 'target'), 'precious');
    symlinkSync(join(folder, 'target'), join(folder, 'moin.prom'));
    writeResultFile(folder, 'moin.prom', 'new\n');
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('precious');
    expect(lstatSync(join(folder, 'moin.prom')).isFile()).toBe(true);
  });

  it('an error names the file and the remedy, and leaves nothing behind', () => {
    expect(() => writeResultFile(folder, 'missing/moin.prom', 'x')).toThrow(
      new MoinSessionsError(
        'cannot write missing/moin.prom (ENOENT): name a file in a folder that exists and that you may write in',
      ),
    );
    mkdirSync(join(folder, 'moin.prom'));
    writeFileSync(join(folder, 'moin.prom/inside'), '');
    expect(() => writeResultFile(folder, 'moin.prom', 'x')).toThrow(/^cannot write moin\.prom \(E/);
    expect(readdirSync(folder)).toEqual(['moin.prom']);
  });
});
