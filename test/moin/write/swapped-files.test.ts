import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, UnreadableRecordError } from '../../../src/base/errors.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import { temporaryFolder } from '../../aid/folder.js';
import { opened, secretsOf } from '../../aid/moin/opened.js';
import { differences, filesBelow } from '../../aid/moin/wiki-files.js';

const VICTIM = 'a file that is nobody else’s business';

/** What somebody who may write to the folder puts in the place of a session file. */
const TRAPS: readonly [string, (path: string, victim: string) => void][] = [
  ['a symbolic link', (path, victim) => symlinkSync(victim, path)],
  ['a hard link', (path, victim) => linkSync(victim, path)],
  ['a FIFO', (path) => execFileSync('mkfifo', [path])],
  ['a folder', (path) => mkdirSync(path)],
];

describe.each(['1.6', '1.9'] as const)(
  'I3: a session file of MoinMoin %s that is swapped between look and write',
  (layout) => {
    it.each(TRAPS)('for %s: nothing is written or removed, there or elsewhere', async (_, trap) => {
      for (const how of ['update', 'delete'] as const) {
        const { wiki, store, id, path, end } = opened(layout);
        const victim = join(temporaryFolder(), 'victim');
        writeFileSync(victim, VICTIM);
        const before = filesBelow(wiki.data);
        let swaps = 0;
        const swap = () => {
          swaps += 1;
          if (swaps > 1) return;
          rmSync(path);
          trap(path, victim);
        };
        if (how === 'update') {
          const run = store.update(id, (record) => {
            swap();
            return end(record);
          });
          if (lstatSync(path).isDirectory() && layout === '1.9') expect(await run).toBeNull();
          else if (lstatSync(path).isDirectory()) await run;
          else await expect(run).rejects.toThrow(UnreadableRecordError);
        } else {
          const when = () => {
            swap();
            return true;
          };
          const removal = await store.delete(id, { when });
          if (!lstatSync(path).isDirectory()) expect(removal).toMatchObject({ removed: false, record: null });
        }
        expect(swaps).toBeGreaterThan(0);
        // The trap is still there.
        expect(lstatSync(path).isFile() && lstatSync(path).nlink === 1).toBe(false);
        expect(readFileSync(victim, 'utf8')).toBe(VICTIM);
        const { added, changed } = differences(before, filesBelow(wiki.data));
        expect(added).toEqual([]);
        expect(changed.filter((one) => !one.includes('/ussc/') && one !== path)).toEqual([]);
      }
    });

    it('I5: for a session that the wiki has refreshed: the condition is asked again, and it stays', async () => {
      const { store, id, path } = opened(layout);
      let asked = 0;
      const when = () => {
        asked += 1;
        if (asked > 1) return false;
        writeFileSync(`${path}.new`, readFileSync(path));
        renameSync(`${path}.new`, path);
        return true;
      };
      expect(await store.delete(id, { when })).toMatchObject({ removed: false, record: { id } });
      expect(asked).toBe(2);
      expect(existsSync(path)).toBe(true);
    });

    it('I2: for the old copy, by a request under way: counts as failed, and another run ends it', async () => {
      for (const how of ['expire', 'purge'] as const) {
        const { admin, wiki, session, id, path } = opened(layout);
        const secrets = layout === '1.6' ? secretsOf(wiki, session) : null;
        const old = [path, ...(secrets === null ? [] : [secrets])].map(
          (one) => [one, readFileSync(one)] as const,
        );
        const failures: string[] = [];
        const report = await admin[how]([id], {
          onDone: () => old.forEach(([one, bytes]) => void writeFileSync(one, bytes)),
          onFailure: (one, error) => failures.push(`${one} ${error}`),
        });
        expect(report).toMatchObject({ matched: 1, kept: 0, failed: 1, bytes: 0 });
        expect(failures).toEqual([
          expect.stringMatching(`^${id} StoreError: .* wrote session ${id} back: run this again`),
        ]);
        expect(await admin[how]([id])).toMatchObject({ matched: 1, kept: 0, failed: 0, bytes: session.size });
      }
    });

    it('all the time: an error says so, and nothing changes', async () => {
      const { store, wiki, id, path, end } = opened(layout);
      const before = filesBelow(wiki.data);
      let writes = 0;
      const run = store.update(id, (record) => {
        const at = wiki.now / 1000 + ++writes;
        utimesSync(path, at, at);
        return end(record);
      });
      await expect(run).rejects.toThrow(`the wiki writes session ${id} all the time: try again`);
      expect(differences(before, filesBelow(wiki.data))).toEqual({ added: [], removed: [], changed: [] });
    });

    it('I4: an unreadable one is kept by every purge but the one that names it', async () => {
      const { admin, store, wiki, id, path } = opened(layout);
      writeFileSync(path, 'cposix\nsystem\n.');
      expect(await store.delete(id, { keepUnreadable: true })).toMatchObject({ removed: false });
      const report = await admin.purge({ all: true });
      expect(report).toMatchObject({
        kept: wiki.expected.sessions.filter(({ file }) => file === 'x').length + 1,
      });
      expect(existsSync(path)).toBe(true);
      expect(await admin.purge([id])).toMatchObject({ removed: 1 });
      expect(existsSync(path)).toBe(false);
    });

    it('a link is removed by its id, and its target stays', async () => {
      const { admin, id, path } = opened(layout);
      const victim = join(temporaryFolder(), 'victim');
      writeFileSync(victim, VICTIM);
      rmSync(path);
      symlinkSync(victim, path);
      expect(await admin.purge([id])).toMatchObject({ removed: 1 });
      expect(existsSync(path)).toBe(false);
      expect(readFileSync(victim, 'utf8')).toBe(VICTIM);
    });

    it('any other change than an end is refused', async () => {
      const { store, wiki, id } = opened(layout);
      const before = filesBelow(wiki.data);
      const change = (record: SessionRecord) => ({ ...record, data: { ...record.data, more: 1 } });
      await expect(store.update(id, change)).rejects.toThrow(ConfigurationError);
      expect(differences(before, filesBelow(wiki.data))).toEqual({ added: [], removed: [], changed: [] });
    });
  },
);
