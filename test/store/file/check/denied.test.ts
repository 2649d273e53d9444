import { chmodSync, chownSync, linkSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkStore } from '../../../../src/store/check.js';
import type { FileLayout } from '../../../../src/store/file/layout.js';
import { type Finding, Findings } from '../../../../src/store/finding.js';
import { listOf } from '../../../aid/file-store.js';
import { need } from '../../../aid/need.js';
import { APP, as, notRoot, ownershipOf } from '../../../aid/ownership.js';
import { NOW, sample } from '../../../aid/records.js';
import { type RestoredStore, restoredStore } from '../../../aid/restored-store.js';

const ALICE = sample('abcd');
const shut = (layout: FileLayout) => [layout.record(ALICE.id)];
const observer = { see: () => {}, settle: async () => {} };

async function denialIn({ open }: RestoredStore, { isFixing = false } = {}): Promise<Finding | undefined> {
  const findings = new Findings();
  await checkStore(open(), { at: NOW, isFixing, findings, observer });
  const found = findings.list();
  expect(found.map(({ code }) => code)).not.toContain('file-not-readable');
  expect(found.map(({ code }) => code)).not.toContain('unreadable-record');
  return found.find(({ code }) => code === 'store-file-denied');
}

describe('check finds what may not be read in a file store', () => {
  it.for<[string, (layout: FileLayout) => readonly string[]]>([
    ['a record', shut],
    ['a list of a user', (layout) => [listOf(layout, 'id-alice')]],
    ['a folder', (layout) => [dirname(layout.record(ALICE.id))]],
    ['the folder of lists', (layout) => [dirname(listOf(layout, 'id-alice'))]],
    ['the lock file, without which nothing can be changed', (layout) => [layout.lock]],
  ])(
    '%s: an error that names it with owner and mode, and tells nobody to remove it',
    async ([_, closed], context) => {
      need(context, notRoot);
      const place = await restoredStore([ALICE], closed);
      const found = await as(APP, APP, () => denialIn(place, { isFixing: true }));
      expect(found).toMatchObject({ severity: 'error', count: 1, fixed: 0, examples: closed(place.layout) });
      expect(found?.fixable).toBe(false);
      expect(await as(APP, APP, () => denialIn(place))).toMatchObject({ fixable: false });
      expect(found?.what).toMatch(/\(it belongs to the user 0 and has the mode 600\)\.$/);
      expect(found?.remedy).toMatch(/chown.*chmod u\+rw.*Remove nothing/);
    },
  );

  it.for([
    [APP, 0o500],
    [0, 0o500],
    [0, 0],
  ] as const)(
    "%i is told of the store's own folder with the mode %i (decimal)",
    async ([uid, mode], context) => {
      need(context, notRoot);
      const place = await restoredStore([ALICE], () => []);
      chmodSync(place.layout.root, mode);
      const found = await as(uid, uid, () => denialIn(place));
      expect(found).toMatchObject({
        severity: 'error',
        examples: expect.arrayContaining([place.layout.root]),
      });
      const fixed = await as(uid, uid, () => denialIn(place, { isFixing: true }));
      expect(fixed).toMatchObject({ fixable: true, fixed: 1 });
      expect(ownershipOf(place.layout.root)).toBe(`700 ${APP}:${APP}`);
    },
  );

  it('root is told of it too, who may read it, for the owner of the store may not', async (context) => {
    need(context, notRoot);
    const place = await restoredStore([ALICE], shut);
    const found = await denialIn(place, { isFixing: true });
    expect(found).toMatchObject({ count: 1, fixed: 0, examples: shut(place.layout) });
    expect(found?.what).toContain('may not be used by the owner of the store');
    // It may be a file of root's that the owner of the store has moved here.
    expect(ownershipOf(place.layout.record(ALICE.id))).toBe('600 0:0');
  });

  it.for([APP, 0])(
    '--fix by %i gives the owner of the store the rights to files and folders of their own',
    async (uid, context) => {
      need(context, notRoot);
      const place = await restoredStore([ALICE], () => []);
      const path = place.layout.record(ALICE.id);
      chmodSync(path, 0);
      chmodSync(dirname(path), 0o500);
      expect(await as(uid, uid, () => denialIn(place))).toMatchObject({ fixed: 0, fixable: true });
      expect(await as(uid, uid, () => denialIn(place, { isFixing: true }))).toMatchObject({
        count: 2,
        fixed: 2,
      });
      expect(ownershipOf(path)).toBe(`600 ${APP}:${APP}`);
      expect(ownershipOf(dirname(path))).toBe(`700 ${APP}:${APP}`);
      expect(await as(APP, APP, () => denialIn(place))).toBeUndefined();
    },
  );

  it('of a lock file that may be read and not written to, this user and root are told', async (context) => {
    need(context, notRoot);
    const place = await restoredStore([ALICE], ({ lock }) => [lock]);
    chmodSync(place.layout.lock, 0o644);
    for (const uid of [APP, 0])
      expect(await as(uid, uid, () => denialIn(place))).toMatchObject({ examples: [place.layout.lock] });
    chmodSync(place.layout.record(ALICE.id), 0o644);
    chownSync(place.layout.record(ALICE.id), 0, 0);
    expect(await as(APP, APP, () => denialIn(place))).toMatchObject({ count: 1 });
  });

  it('a folder of the store that may be listed alone is an error with the remedy', async (context) => {
    need(context, notRoot);
    const place = await restoredStore([ALICE], () => []);
    const { root } = place.layout;
    chmodSync(root, 0o444);
    await expect(as(APP, APP, () => denialIn(place))).rejects.toThrow(
      `cannot look into ${root}: permission denied: run as the user who owns the store`,
    );
  });

  it('--fix by root opens no hard link, which may be any file of root', async (context) => {
    need(context, notRoot);
    const place = await restoredStore([ALICE], () => []);
    const path = place.layout.record(ALICE.id);
    const secret = join(place.cwd, 'secret');
    writeFileSync(secret, 'secret', { mode: 0 });
    chownSync(secret, APP, APP);
    chmodSync(secret, 0);
    linkSync(secret, `${path}.new`);
    renameSync(`${path}.new`, path);
    expect(await denialIn(place, { isFixing: true })).toMatchObject({ fixed: 0 });
    expect(statSync(secret).mode & 0o777).toBe(0);
  });
});
