import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../../src/base/clock.js';
import { FileStore, StoreError } from '../../../../src/index.js';
import { RecordCheck } from '../../../../src/session/admin/check/records.js';
import { rotateSecret } from '../../../../src/session/admin/rotate-secret.js';
import { checkStore } from '../../../../src/store/check.js';
import type { FileLayout } from '../../../../src/store/file/layout.js';
import { type Finding, Findings } from '../../../../src/store/finding.js';
import { listedIn, listOf, temporaryStore } from '../../../aid/file-store.js';
import { putFile, snapshot } from '../../../aid/folder.js';
import { need } from '../../../aid/need.js';
import { as, giveAway, notRoot, STRANGER } from '../../../aid/ownership.js';
import { idOf, sample } from '../../../aid/records.js';

const AT = Date.now();
const ALICE = sample('abcd', { seen: AT, cookieExpires: AT + HOUR });

/** A store with alice's session and a secret, in which nothing is wrong. */
async function goodStore() {
  const { store, layout } = temporaryStore();
  await store.create(ALICE);
  await store.secret({ create: true });
  const path = layout.record(ALICE.id);
  return { store, layout, path, temporary: join(dirname(path), `.${ALICE.id}.json.0123456789ab.tmp`) };
}

type Site = Awaited<ReturnType<typeof goodStore>>;

async function check(layout: FileLayout, { isFixing = false, at = AT } = {}): Promise<Finding[]> {
  const store = new FileStore(layout.root, { readOnly: !isFixing });
  const findings = new Findings();
  const observer = new RecordCheck({ findings, users: undefined, at, onSeen: () => {} });
  try {
    await checkStore(store, { at, isFixing, findings, observer });
    await observer.settle(true);
  } finally {
    await store.close();
  }
  // What the machine of the test is like does not matter.
  const OF_MACHINE = ['disk-almost-full', 'few-inodes', 'network-file-system'];
  return findings.list().filter(({ code }) => !OF_MACHINE.includes(code));
}

async function codes(...args: Parameters<typeof check>): Promise<string[]> {
  return (await check(...args)).map(({ code }) => code);
}

/** What is wrong, how it comes about, and whether it is mended. */
const DAMAGE: readonly (readonly [code: string, isFixed: boolean, damage: (site: Site) => void])[] = [
  ['folder-open-to-others', true, ({ path }) => chmodSync(dirname(path), 0o770)],
  ['folder-open-to-others', true, ({ layout }) => chmodSync(layout.users, 0o702)],
  ['file-open-to-others', true, ({ path }) => chmodSync(path, 0o604)],
  ['file-open-to-others', true, ({ layout }) => chmodSync(listOf(layout, 'id-alice'), 0o660)],
  ['file-open-to-others', true, ({ layout }) => chmodSync(layout.lock, 0o666)],
  ['secret-open-to-others', true, ({ layout }) => chmodSync(layout.secret, 0o604)],
  ['secret-unusable', false, ({ layout }) => writeFileSync(layout.secret, 'short')],
  ['not-a-file', false, ({ layout }) => mkdirSync(layout.record(`ab${idOf(1).slice(2)}`))],
  ['not-a-file', false, ({ layout }) => putFile(join(layout.root, 'cd'), '')],
  ['link-in-store', false, ({ layout, path }) => symlinkSync(path, layout.record(`ab${idOf(1).slice(2)}`))],
  ['link-in-store', false, ({ layout, path }) => symlinkSync(dirname(path), join(layout.root, 'cd'))],
  ['hard-link', false, ({ layout, path }) => linkSync(path, `${layout.root}.backup`)],
  ['foreign-file', false, ({ layout }) => putFile(join(layout.root, 'notes.txt'), '')],
  ['foreign-file', false, ({ path }) => putFile(`${path}.orig`, '')],
  ['foreign-file', false, ({ layout }) => putFile(join(layout.users, 'passwd'), '')],
  ['left-over-file', true, ({ temporary }) => writeFileSync(temporary, '', { mode: 0o600 })],
  ['left-over-file', true, ({ layout }) => put0600(join(layout.root, '.secret.0123456789ab.tmp'))],
  ['left-over-file', true, ({ layout }) => put0600(join(layout.users, '.abc.0123456789ab.tmp'))],
  ['mtime-too-late', true, ({ path }) => utimesSync(path, 4e9, 4e9)],
  ['mtime-too-early', true, ({ path }) => utimesSync(path, 1e9, 1e9)],
  ['user-index-incomplete', true, ({ layout }) => rmSync(listOf(layout, 'id-alice'))],
  [
    'user-index-dangling',
    true,
    ({ layout }) => appendFileSync(listOf(layout, 'id-alice'), danglingEntries()),
  ],
  ['unreadable-record', false, ({ path }) => appendFileSync(path, '{"version":1}\n')],
];

function put0600(path: string): void {
  writeFileSync(path, '', { mode: 0o600 });
}

function danglingEntries(): string {
  return Array.from({ length: 100 }, (_, n) => `\n${'0'.repeat(32)} ${idOf(n)}\n`).join('');
}

describe('a check of a file store', () => {
  it('a good store: no findings, and nothing is written', async () => {
    const { layout } = await goodStore();
    const before = snapshot(layout.root);
    expect(await check(layout)).toEqual([]);
    expect(snapshot(layout.root)).toEqual(before);
    expect(await check(layout, { isFixing: true })).toEqual([]);
  });

  it.each(DAMAGE)(
    '%s is found, and nothing is written; mended with isFixing: %s',
    async (code, isFixed, damage) => {
      const site = await goodStore();
      damage(site);
      // Appending changes the time of the record's file, too.
      if (code === 'unreadable-record') utimesSync(site.path, AT / 1000, AT / 1000);
      const before = snapshot(site.layout.root);
      const [finding, ...others] = await check(site.layout);
      expect({ ...finding, others }).toMatchObject({ code, fixable: isFixed, fixed: 0, others: [] });
      expect(snapshot(site.layout.root)).toEqual(before);
      const mended = await check(site.layout, { isFixing: true });
      expect(mended.map(({ code, count, fixed }) => [code, count, fixed])).toEqual([
        [code, finding?.count, isFixed ? finding?.count : 0],
      ]);
      expect(await codes(site.layout)).toEqual(isFixed ? [] : [code]);
    },
  );

  it('what was mended is as the store itself would have it', async () => {
    const { layout, path, store } = await goodStore();
    rmSync(listOf(layout, 'id-alice'));
    utimesSync(path, 4e9, 4e9);
    chmodSync(path, 0o666);
    await check(layout, { isFixing: true });
    expect(listedIn(layout, 'id-alice')).toEqual([ALICE.id]);
    expect(Math.round(statSync(path).mtimeMs)).toBe(ALICE.expires);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(await store.find(ALICE.id)).toEqual(ALICE);
  });

  it('ended and expired sessions count as listed where a compaction has moved them', async () => {
    const { layout } = await goodStore();
    const { path, past } = (() => ({
      path: listOf(layout, 'id-alice'),
      past: `${listOf(layout, 'id-alice')}.past`,
    }))();
    writeFileSync(past, readFileSync(path), { mode: 0o600 });
    writeFileSync(path, '', { mode: 0o600 });
    expect(await codes(layout)).toEqual([]);
  });

  it('tombstones: only those that are long over count, and --fix removes them', async () => {
    const { layout, store } = await goodStore();
    const tombstone = { reason: 'logout', at: AT, until: AT + HOUR } as const;
    await store.delete(ALICE.id, { tombstone });
    expect(await codes(layout)).toEqual([]);
    expect(await codes(layout, { at: AT + 2 * DAY })).toEqual(['tombstone-over']);
    await check(layout, { at: AT + 2 * DAY, isFixing: true });
    expect(existsSync(layout.tombstone(ALICE.id))).toBe(false);
  });

  it('a secret that is old, or was not dropped after a rotation, is a hint', async () => {
    const { layout, store } = await goodStore();
    const [secret] = await store.secrets();
    await store.replaceSecrets([secret as Buffer], [Buffer.alloc(32, 'new'), secret as Buffer]);
    const [finding] = await check(layout);
    expect(finding?.code).toBe('secret-not-dropped');
    expect(finding?.what).toMatch(/^An old secret still verifies; the last rotation was at 2\d{3}-\S+Z\.$/);
    expect(await codes(layout, { at: AT + 400 * DAY })).toContain('secret-old');
  });

  it('a rotation that was killed in between is a warning, not an old secret that could be dropped', async () => {
    const { layout, store } = await goodStore();
    const wait = () => Promise.reject(new Error('killed'));
    await expect(rotateSecret(store, { isDry: false, wait })).rejects.toThrow('killed');
    expect(await codes(layout)).toEqual(['secret-rotation-unfinished']);
    await rotateSecret(store, { isDry: false, wait: async () => {} });
    expect(await codes(layout)).toEqual(['secret-not-dropped']);
  });

  it('spec 6: root follows no link of the owner of the store, and changes nothing that it leads to', async (context) => {
    need(context, notRoot);
    const { layout } = await goodStore();
    const outside = `${layout.root}.outside`;
    mkdirSync(outside, { mode: 0o777 });
    chmodSync(outside, 0o777);
    putFile(join(outside, `${'cd'.padEnd(32, '0')}.json`), 'precious');
    chmodSync(join(outside, `${'cd'.padEnd(32, '0')}.json`), 0o666);
    symlinkSync(outside, join(layout.root, 'cd'));
    symlinkSync(join(outside, `${'cd'.padEnd(32, '0')}.json`), layout.record(`ab${idOf(7).slice(2)}`));
    rmSync(layout.users, { recursive: true });
    symlinkSync(outside, layout.users);
    giveAway(layout.root);
    const before = snapshot(outside);
    const found = await check(layout, { isFixing: true });
    expect(found.find(({ code }) => code === 'link-in-store')?.count).toBeGreaterThanOrEqual(2);
    expect(snapshot(outside)).toEqual(before);
    rmSync(outside, { recursive: true });
  });

  it('spec 6: root changes no mode by a hard link, which may be a second name of any file of root', async (context) => {
    need(context, notRoot);
    const { layout } = await goodStore();
    giveAway(layout.root);
    const outside = `${layout.root}.outside`;
    writeFileSync(outside, 'precious');
    chmodSync(outside, 0o666);
    linkSync(outside, layout.record(`ab${idOf(7).slice(2)}`));
    const found = await check(layout, { isFixing: true });
    expect(found.find(({ code }) => code === 'file-open-to-others')).toMatchObject({ count: 1, fixed: 0 });
    expect(statSync(outside).mode & 0o777).toBe(0o666);
    rmSync(outside);
  });

  it.for<[string, string, (site: Site) => string]>([
    ['the list of a user', 'file-open-to-others', ({ layout }) => listOf(layout, 'id-alice')],
    ['the lock', 'file-open-to-others', ({ layout }) => layout.lock],
    ['the secret', 'secret-open-to-others', ({ layout }) => layout.secret],
    ['a record', 'file-open-to-others', ({ path }) => path],
  ])(
    'root mends no hard link, and no file of somebody else than the owner: %s',
    async ([, code, of], context) => {
      need(context, notRoot);
      const site = await goodStore();
      const path = of(site);
      const outside = `${site.layout.root}.outside`;
      chmodSync(path, 0o666);
      linkSync(path, outside);
      giveAway(site.layout.root);
      const linked = await check(site.layout, { isFixing: true });
      expect(linked.find((finding) => finding.code === code)).toMatchObject({ count: 1, fixed: 0 });
      expect(linked.find((finding) => finding.code === 'hard-link')).toMatchObject({ examples: [path] });
      rmSync(outside);
      chownSync(path, 0, 0);
      const moved = await check(site.layout, { isFixing: true });
      expect(moved.find((finding) => finding.code === code)).toMatchObject({ count: 1, fixed: 0 });
      // What --fix does not do, no check says it would.
      for (const found of [linked, moved, await check(site.layout)])
        expect(found.find((finding) => finding.code === code)).toMatchObject({ fixable: false });
      expect(statSync(path).mode & 0o777).toBe(0o666);
      giveAway(site.layout.root);
      const own = await check(site.layout, { isFixing: true });
      expect(own.find((finding) => finding.code === code)).toMatchObject({ count: 1, fixed: 1 });
    },
  );

  it("root sets no time of a hard link in another user's store", async (context) => {
    need(context, notRoot);
    const { layout, path } = await goodStore();
    linkSync(path, `${layout.root}.outside`);
    utimesSync(path, 4e9, 4e9);
    giveAway(layout.root);
    const found = await check(layout, { isFixing: true });
    expect(found.find(({ code }) => code === 'mtime-too-late')).toMatchObject({ count: 1, fixed: 0 });
    expect(statSync(path).mtimeMs).toBe(4e12);
  });

  it.for([false, true])(
    "a time that --fix leaves alone, for the file is root's in another user's store, is not fixable (--fix: %s)",
    async (isFixing, context) => {
      need(context, notRoot);
      const { layout, path } = await goodStore();
      giveAway(layout.root);
      chownSync(path, 0, 0);
      utimesSync(path, 1, 1);
      const found = (await check(layout, { isFixing })).find(({ code }) => code === 'mtime-too-early');
      expect(found).toMatchObject({ count: 1, fixed: 0, fixable: false });
      expect(found?.remedy).toMatch(/^--fix leaves a file alone .*chown/);
    },
  );

  it('of several, the remedy is for what --fix mends and for what it does not', async (context) => {
    need(context, notRoot);
    const { layout, path, store } = await goodStore();
    const other = { ...ALICE, id: idOf(7) };
    await store.create(other);
    for (const one of [path, layout.record(other.id)]) utimesSync(one, 1, 1);
    giveAway(layout.root);
    chownSync(path, 0, 0);
    const found = (await check(layout)).find(({ code }) => code === 'mtime-too-early');
    expect(found).toMatchObject({ count: 2, fixable: true });
    expect(found?.remedy).toMatch(/^Run --fix, or leave it to the next purge\. --fix leaves a file alone/);
  });

  it("a store that is all another user's but its folder: that folder has the wrong owner, and nothing is to be removed", async (context) => {
    need(context, notRoot);
    const { layout, path } = await goodStore();
    giveAway(layout.root);
    chownSync(layout.root, 0, 0);
    const found = (await check(layout)).find(({ code }) => code === 'foreign-owner');
    expect(found?.what).toBe(
      `The folder of the store belongs to the user 0, and most of what is in it to the user ${STRANGER}.`,
    );
    expect(found?.remedy).toContain(`chown ${STRANGER} '${layout.root}'. Remove nothing`);
    execFileSync('sh', ['-c', /chown \S+ '[^']*'/.exec(found?.remedy ?? '')?.[0] ?? 'false']);
    expect(await codes(layout)).toEqual([]);
    expect(statSync(path).uid).toBe(STRANGER);
  });

  it('no folder is to be given to whoever may have filled it: others may write to it', async (context) => {
    need(context, notRoot);
    const { layout } = await goodStore();
    giveAway(layout.root);
    chownSync(layout.root, 0, 0);
    chmodSync(layout.root, 0o777);
    const found = (await check(layout)).find(({ code }) => code === 'foreign-owner');
    expect(found?.remedy).not.toContain(`chown ${STRANGER}`);
  });

  it('a folder that cannot be read keeps it from no other one', async (context) => {
    need(context, notRoot);
    const { layout, path, temporary } = await goodStore();
    writeFileSync(temporary, '', { mode: 0o600 });
    mkdirSync(join(layout.root, '00'), { mode: 0o700 });
    giveAway(layout.root);
    chmodSync(dirname(layout.root), 0o711);
    chownSync(join(layout.root, '00'), 0, 0);
    expect(dirname(path).endsWith('ab')).toBe(true);
    const found = await as(STRANGER, STRANGER, () => check(layout));
    expect(found.map(({ code, examples }) => [code, examples])).toEqual([
      ['store-file-denied', [join(layout.root, '00')]],
      ['left-over-file', [temporary]],
    ]);
  });

  it('a user directory that is out of reach is an error, and no finding about a file', async () => {
    const { layout, store } = await goodStore();
    const observer = {
      see: () => {},
      settle: () => Promise.reject(new StoreError('the user directory cannot be asked')),
    };
    const findings = new Findings();
    await expect(
      checkStore(new FileStore(layout.root), { at: AT, isFixing: false, findings, observer }),
    ).rejects.toThrow('the user directory cannot be asked');
    await store.close();
  });

  it('a file of a stranger is named and left alone', async (context) => {
    need(context, notRoot);
    const { layout, path } = await goodStore();
    chmodSync(path, 0o666);
    giveAway(path);
    const before = snapshot(layout.root);
    expect(await codes(layout, { isFixing: true })).toEqual(['foreign-owner']);
    expect(snapshot(layout.root)).toEqual(before);
  });

  it('a pipe in place of a record is named at once, and nobody waits for its writer', async () => {
    const { layout } = await goodStore();
    execFileSync('mkfifo', [layout.record(`ab${idOf(3).slice(2)}`)]);
    expect(await codes(layout)).toEqual(['not-a-file']);
  });

  it('of many findings of a kind it names five, and counts all', async () => {
    const { layout, store } = await goodStore();
    for (let n = 0; n < 30; n++) await store.create({ ...ALICE, id: idOf(n) });
    rmSync(listOf(layout, 'id-alice'));
    const [finding] = await check(layout);
    expect(finding).toMatchObject({ code: 'user-index-incomplete', count: 31 });
    expect(finding?.examples).toHaveLength(5);
    await check(layout, { isFixing: true });
    expect(listedIn(layout, 'id-alice')).toHaveLength(31);
  });
});
