import { chmodSync, existsSync, linkSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SessionAdmin } from '../../src/session/admin/admin.js';
import type { SessionRecord } from '../../src/store/contract.js';
import type { FileLayout } from '../../src/store/file/layout.js';
import type { FileStore } from '../../src/store/file/store.js';

import { listedIn, temporaryStore } from '../aid/file-store.js';
import { all, idsIn } from '../aid/records.js';
import { died, NEIGHBOURS, OLD, OPERATIONS, RECORD, REPLACEMENT, untilAlive } from './operations.js';

/**
 * Runs an operation again and again, killed one step later each time, on a new store each, until it comes to its end.
 * @returns how many steps there are
 */
async function killedAtEachStep(
  what: string,
  before: readonly SessionRecord[],
  check: (store: FileStore, layout: FileLayout) => Promise<void>,
  prepare: (layout: FileLayout) => void = () => {},
): Promise<number> {
  const killedAt = async (at: number): Promise<boolean> => {
    const { store, layout } = temporaryStore();
    for (const record of before) await store.create(record);
    prepare(layout);
    const isDead = await died(what, { where: layout.root, killer: 'kill-at.mjs', at });
    await check(store, layout);
    return isDead;
  };
  return untilAlive(killedAt);
}

function namesIn(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir, { recursive: true }).map(String) : [];
}

describe('killed in front of each change of the disk, and in the middle of each write', () => {
  it.each(OPERATIONS)(
    'I3: $what leaves the old or the new, and the purge sweeps: also what is left of a session that ended',
    async ({ what, before, may }) => {
      const steps = await killedAtEachStep(what, before, async (store, layout) => {
        const left = (await all(store.scan())).map(({ record }) => record);
        expect(may).toContainEqual(left);
        for (const id of [RECORD.id, REPLACEMENT.id]) await store.update(id, () => null);
        await store.sweep(0);
        const names = namesIn(layout.root);
        expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
        for (const name of names.filter((one) => one.endsWith('.gone')))
          expect(readFileSync(join(layout.root, name), 'utf8')).toMatch(/^\{[^\n]*"until":[^\n]*\}\n$/);
        const found = [
          ...(await idsIn(store.findByUser('alice'))),
          ...(await idsIn(store.findByUser('bob'))),
        ];
        expect(found).toEqual(left.map((record) => record?.id));
        // A line too many is dropped once its list has grown; one too few would be a session that nobody finds.
        const listed = ['alice', 'bob'].flatMap((user) => listedIn(layout, user));
        expect(listed).toEqual(expect.arrayContaining(found));
      });
      expect(steps).toBeGreaterThan(1);
    },
    60_000,
  );

  it.each<[string, (path: string) => void]>([
    ['has a second name, as some backups make them', (path) => linkSync(path, `${path}.backup`)],
    ['may not be written to', (path) => chmodSync(path, 0o400)],
  ])(
    'I2: a logout of a session whose file %s is done or not, also when its tombstone is over',
    async (_, spoil) => {
      const prepare = (layout: FileLayout) => spoil(layout.record(RECORD.id));
      const check = async (store: FileStore) => {
        const isThere = (await store.find(RECORD.id)) !== null;
        expect(await idsIn(store.scan())).toEqual(isThere ? [RECORD.id] : []);
        if (isThere) return;
        await store.sweep(Number.MAX_SAFE_INTEGER);
        expect(await store.find(RECORD.id)).toBeNull();
      };
      expect(await killedAtEachStep('logout', OLD, check, prepare)).toBeGreaterThan(1);
    },
    60_000,
  );

  it('I5: a purge in the middle of its batch leaves whole records, which the next one removes', async () => {
    const counts = new Set<number>();
    await killedAtEachStep('purge', NEIGHBOURS, async (store) => {
      const left = (await all(store.scan())).map(({ record }) => record);
      expect(NEIGHBOURS).toEqual(expect.arrayContaining(left));
      counts.add(left.length);
      const admin = new SessionAdmin({ store, clock: () => RECORD.expires });
      expect(await admin.purge({ state: 'expired' })).toMatchObject({ removed: left.length, failed: 0 });
      expect(await all(store.scan())).toEqual([]);
    });
    expect(counts.size).toBeGreaterThan(2);
  }, 60_000);

  it('spec 4: making the secret leaves none or a whole one', async () => {
    await killedAtEachStep('secret', [], async (store, layout) => {
      const kept = await store.secret({ create: false });
      const secret = await store.secret({ create: true });
      if (kept !== null) expect(secret).toEqual(kept);
      expect(readFileSync(layout.secret, 'utf8')).toBe(`${secret?.toString('base64url')}\n`);
      await store.sweep(0);
      expect(readdirSync(layout.root).sort()).toEqual(['lock', 'secret']);
    });
  }, 60_000);
});
