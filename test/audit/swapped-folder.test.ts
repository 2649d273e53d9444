import {
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AuditFile } from '../../src/audit/file.js';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { APP, notRoot } from '../aid/ownership.js';
import { cannotSwap, swapAllTheTime } from '../aid/swap.js';

describe('root writes an audit log while the owner of its folder swaps the folder for a link', () => {
  it.for(['a log', 'no log'])(
    'to a folder with %s of root: nothing is written or made there',
    async (what, context) => {
      need(context, notRoot ?? cannotSwap);
      const folder = temporaryFolder();
      const elsewhere = temporaryFolder();
      const victim = join(elsewhere, 'audit.log');
      if (what === 'a log') writeFileSync(victim, 'precious\n', { mode: 0o644 });
      chownSync(folder, APP, APP);
      const theirs = join(folder, 'log');
      const link = join(folder, 'link');
      mkdirSync(theirs);
      symlinkSync(elsewhere, link);
      chownSync(theirs, APP, APP);
      lchownSync(link, APP, APP);
      const outcomes = { written: 0, refused: 0 };
      const stop = await swapAllTheTime(theirs, link);
      try {
        for (let n = 0; n < 4000; n++) {
          const one = new AuditFile(join(theirs, 'audit.log'));
          try {
            one.write('x\n');
            outcomes.written++;
          } catch {
            outcomes.refused++;
          }
          await one.close();
        }
      } finally {
        await stop();
      }
      expect(readdirSync(elsewhere)).toEqual(what === 'a log' ? ['audit.log'] : []);
      if (what === 'a log') expect(readFileSync(victim, 'utf8')).toBe('precious\n');
      // Both happened, so the swaps were in time.
      expect(Math.min(outcomes.written, outcomes.refused)).toBeGreaterThan(0);
    },
  );
});
