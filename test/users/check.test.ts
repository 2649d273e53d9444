import { chmodSync, linkSync, mkdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/store/finding.js';
import { checkUserFile } from '../../src/users/check.js';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { giveAway, notRoot } from '../aid/ownership.js';

/** A user file that all may read and write. */
function openFile(): { folder: string; path: string } {
  const folder = join(temporaryFolder(), 'site');
  mkdirSync(folder);
  const path = join(folder, 'users.json');
  writeFileSync(path, '');
  chmodSync(path, 0o666);
  return { folder, path };
}

function check(path: string): [code: string, fixed: number][] {
  const findings = new Findings();
  checkUserFile(path, { findings, isFixing: true });
  return findings.list().map(({ code, fixed }) => [code, fixed]);
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('a check of the mode of a user file', () => {
  it('closes it to others', () => {
    const { path } = openFile();
    expect(check(path)).toEqual([['user-file-open-to-others', 1]]);
    expect(modeOf(path)).toBe(0o640);
    expect(check(path)).toEqual([]);
  });

  it('root changes no mode by a hard link, which may be a second name of any file of root', (context) => {
    need(context, notRoot);
    const { path } = openFile();
    linkSync(path, `${path}.other`);
    expect(check(path)).toEqual([['user-file-open-to-others', 0]]);
    expect(modeOf(path)).toBe(0o666);
  });

  it("root changes no mode behind a link of another user's", (context) => {
    need(context, notRoot);
    const { folder, path } = openFile();
    renameSync(folder, `${folder}.elsewhere`);
    symlinkSync(`${folder}.elsewhere`, folder);
    giveAway(folder);
    expect(check(path)).toEqual([['user-file-open-to-others', 0]]);
    expect(modeOf(path)).toBe(0o666);
  });
});
