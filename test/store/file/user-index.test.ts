import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { LARGEST } from '../../../src/disk/plain-file.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { endedRecord } from '../../../src/session/lifecycle/ended.js';
import { checkStore } from '../../../src/store/check.js';
import type { FileLayout } from '../../../src/store/file/layout.js';
import { ownerDigest } from '../../../src/store/file/list-entries.js';
import { FileStore } from '../../../src/store/file/store.js';
import { Findings } from '../../../src/store/finding.js';
import { indexOf, listedIn, listOf, temporaryStore } from '../../aid/file-store.js';
import { all, aRecord, idOf, idsIn, owner } from '../../aid/records.js';
import { WriterProcess, writtenBy } from '../history/writer-process.js';

const U = owner('u');
const LINE = 67;
/** A list of this size is compacted, whoever adds to it first. */
const OVERGROWN = 4096;

/** Lines for sessions of `u` that are gone, as a history of so many would have left them. */
function addHistory(layout: FileLayout, count: number): void {
  const index = indexOf(layout);
  index.add(U, idOf('first'));
  const digest = digestIn(layout);
  const line = (n: number) => ({ owner: digest, id: n.toString(16).padStart(32, '0') });
  for (let from = 0; from < count; from += 10_000)
    index.append(
      listOf(layout, 'u'),
      Array.from({ length: Math.min(10_000, count - from) }, (_, n) => line(from + n)),
    );
}

function digestIn(layout: FileLayout): string {
  const [first] = [...indexOf(layout).entries(listOf(layout, 'u'))].flat();
  return first?.owner ?? '';
}

/** How often other work of the process had its turn meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let timer = setImmediate(function other() {
    turns++;
    timer = setImmediate(other);
  });
  try {
    await work();
  } finally {
    clearImmediate(timer);
  }
  return turns;
}

async function rotate(store: FileStore, times: number, prefix = ''): Promise<void> {
  for (let n = 0; n < times; n++) {
    await store.create(aRecord(`${prefix}${n}`, { user: U }));
    await store.delete(idOf(`${prefix}${n - 1}`), { tombstone: { reason: 'rotated', at: 1, until: 2 } });
  }
}

describe('S9: the index of users costs what living sessions cost, however long the history', () => {
  it('S9: a user who rotates 500 times has a list of a few lines', async () => {
    const { store, layout } = temporaryStore();
    await rotate(store, 500);
    expect(statSync(listOf(layout, 'u')).size).toBeLessThanOrEqual(OVERGROWN + LINE);
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf(499)]);
  });

  it('spec 6: a session that was restored from a backup is listed again once it is saved', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('kept', { user: U }));
    await store.create(aRecord('a', { user: U }));
    const backup = readFileSync(layout.record(idOf('a')));
    await store.delete(idOf('a'));
    await rotate(store, 100, 'more');
    expect(listedIn(layout, 'u')).not.toContain(idOf('a'));
    writeFileSync(layout.record(idOf('a')), backup, { mode: 0o600 });
    await store.update(idOf('a'), (record) => ({ ...record, data: { x: 1 } }));
    expect(await idsIn(store.findByUser('u'))).toContain(idOf('a'));
  });

  it('S9: a list grows with the living sessions in it, and is looked through only once it has doubled', async () => {
    const { store, layout } = temporaryStore();
    for (let n = 0; n < 200; n++) await store.create(aRecord(n, { user: U }));
    expect(listedIn(layout, 'u')).toHaveLength(200);
    const size = statSync(listOf(layout, 'u')).size;
    await rotate(store, 50, 'r');
    // Not every login pays for a look at all the others.
    expect(statSync(listOf(layout, 'u')).size).toBe(size + 50 * LINE);
    await rotate(store, 300, 's');
    expect(statSync(listOf(layout, 'u')).size).toBeLessThanOrEqual(2 * (size + 50 * LINE));
    expect(await all(store.findByUser('u'))).toHaveLength(202);
  });

  it('S9: a process that starts does not look through a list again that another one has compacted', async () => {
    const { store, layout } = temporaryStore();
    for (let n = 0; n < 100; n++) await store.create(aRecord(n, { user: U }));
    // Nothing tells the store: the entry goes at the next look at all of them.
    rmSync(layout.record(idOf(1)));
    const started = async (n: number) => {
      const other = new FileStore(layout.root);
      await other.create(aRecord(`started ${n}`, { user: U }));
      await other.close();
    };
    for (let n = 0; n < 20; n++) await started(n);
    expect(listedIn(layout, 'u')).toContain(idOf(1));
    for (let n = 20; n < 60; n++) await started(n);
    expect(listedIn(layout, 'u')).not.toContain(idOf(1));
    expect(await all(store.findByUser('u'))).toHaveLength(159);
  });

  it('S9: a list whose first line says a wrong size is compacted once it has doubled', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('living', { user: U }));
    for (const line of ['compacted \n', 'compacted 1\n', 'compacted -9\n', 'compacted 999999999999\n']) {
      writeFileSync(listOf(layout, 'u'), line);
      addHistory(layout, 100);
      await new FileStore(layout.root).create(aRecord(line, { user: U }));
      expect({ line, listed: listedIn(layout, 'u') }).toEqual({ line, listed: [idOf(line)] });
    }
  });

  it('S9: sessions that were ended, and whose records wait for a purge, cost nothing and are found when asked for', async () => {
    const { store, layout } = temporaryStore();
    for (let n = 0; n < 300; n++) {
      await store.create(aRecord(n, { user: U }));
      if (n > 0) await store.update(idOf(n - 1), (now) => endedRecord(now, 1_000_001, { by: 'limit' }));
    }
    expect(statSync(listOf(layout, 'u')).size).toBeLessThanOrEqual(OVERGROWN + LINE);
    expect((await all(store.findByUser('u'))).length).toBeLessThanOrEqual(OVERGROWN / LINE + 1);
    expect(await idsIn(store.findByUser('u'))).toContain(idOf(299));
    expect(await all(store.findByUser('u', { past: true }))).toHaveLength(300);
    const admin = new SessionAdmin({ store, clock: () => 1_000_002 });
    expect(await all(admin.list({ userId: 'u' }))).toHaveLength(300);
    expect(await admin.purge({ userId: 'u' })).toMatchObject({ removed: 300 });
    expect(await all(store.scan())).toEqual([]);
    await store.sweep(1_000_002);
    expect(listedIn(layout, 'u', true)).toEqual([]);
  });

  it('S9: sessions that have expired, and that nobody purges, cost nothing either', async () => {
    const { store } = temporaryStore();
    for (let n = 0; n < 200; n++)
      await store.create(aRecord(n, { user: U, seen: 1_000_000 + n, expires: 1_000_000 + n + 1 }));
    expect((await all(store.findByUser('u'))).length).toBeLessThanOrEqual(OVERGROWN / LINE + 1);
    expect(await all(store.findByUser('u', { past: true }))).toHaveLength(200);
  });

  it('spec 6: a list of more than 16 MB is read, and is small again after the next login', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('living', { user: U }));
    addHistory(layout, Math.ceil(LARGEST / LINE) + 1);
    expect(statSync(listOf(layout, 'u')).size).toBeGreaterThan(LARGEST);
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf('living')]);
    expect(await store.create(aRecord('new', { user: U }))).toBe('created');
    expect(listedIn(layout, 'u').sort()).toEqual([idOf('living'), idOf('new')].sort());
  }, 60_000);

  it('a list with holes of 8 GB is refused at once, with the remedy, and check names and mends it', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('living', { user: U }));
    const path = listOf(layout, 'u');
    truncateSync(path, 8 * 2 ** 30);
    const began = process.cpuUsage();
    const message = new RegExp(
      `${path}: it is larger than 256 MB.+remove it, then 'moin-sessions check --fix'`,
    );
    await expect(all(store.findByUser('u'))).rejects.toThrow(message);
    const another = new FileStore(layout.root);
    await expect(another.create(aRecord('new', { user: U }))).resolves.toBe('created');
    const findings = new Findings();
    const observer = { see: () => {}, settle: async () => {} };
    await checkStore(store, { at: 0, isFixing: false, findings, observer });
    expect(findings.list().map(({ code, examples }) => [code, examples])).toContainEqual([
      'file-not-readable',
      [path],
    ]);
    const { user, system } = process.cpuUsage(began);
    expect(user + system).toBeLessThan(5_000_000);
    rmSync(path);
    await checkStore(store, { at: 0, isFixing: true, findings: new Findings(), observer });
    expect((await idsIn(store.findByUser('u'))).sort()).toEqual([idOf('living'), idOf('new')].sort());
    await another.close();
  });

  it.each<[string, string, (path: string) => void]>([
    ['a folder', 'a folder is', (path) => mkdirSync(path)],
    ['a pipe', 'a pipe, socket or device is', (path) => void execFileSync('mkfifo', [path])],
  ])(
    '%s in the place of a list is named with the remedy, which check --fix completes',
    async (_, what, put) => {
      const { store, layout } = temporaryStore();
      await store.create(aRecord('living', { user: U }));
      const path = listOf(layout, 'u');
      rmSync(path);
      put(path);
      const message = `cannot use ${path}: ${what} in the place of this list of users' sessions: move it away, then 'moin-sessions check --fix' makes the list anew`;
      await expect(all(store.findByUser('u'))).rejects.toThrow(message);
      const another = new FileStore(layout.root);
      await expect(another.create(aRecord('new', { user: U }))).rejects.toThrow(
        new RegExp(`${path}.*(in the place of this list|a folder is where a file should be)`),
      );
      const observer = { see: () => {}, settle: async () => {} };
      const findings = new Findings();
      await checkStore(another, { at: 0, isFixing: false, findings, observer });
      expect(findings.list().map(({ code, examples }) => [code, examples])).toContainEqual([
        'not-a-file',
        [path],
      ]);
      rmSync(path, { recursive: true });
      await checkStore(another, { at: 0, isFixing: true, findings: new Findings(), observer });
      expect(await idsIn(store.findByUser('u'))).toEqual([idOf('living')]);
      await another.close();
    },
  );

  it('S9: looking through a long list lets the process do other work', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('living', { user: U }));
    addHistory(layout, 20_000);
    expect(await turnsDuring(() => all(store.findByUser('u')))).toBeGreaterThan(2);
    expect(await turnsDuring(() => store.create(aRecord('new', { user: U })))).toBeGreaterThan(2);
  });

  it('I4: a record that cannot be read stays listed', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: U }));
    appendFileSync(layout.record(idOf('a')), 'x');
    await rotate(store, 100);
    expect(listedIn(layout, 'u')).toContain(idOf('a'));
  });

  it('a session that is listed while others are looked through stays listed', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('living', { user: U }));
    addHistory(layout, 5000);
    const first = store.create(aRecord('first', { user: U }));
    const others = Array.from({ length: 20 }, (_, n) => store.create(aRecord(n, { user: U })));
    await Promise.all([first, ...others]);
    expect(await all(store.findByUser('u'))).toHaveLength(22);
    expect(listedIn(layout, 'u')).toHaveLength(22);
  });

  it('I1: of several processes at one list, none loses what another lists', async () => {
    const { store, layout } = temporaryStore();
    const writers = [1, 2, 3].map(
      (seed) => new WriterProcess({ built: inject('built'), where: layout.root, steps: 500, seed }),
    );
    onTestFinished(() => {
      for (const writer of writers) writer.kill();
    });
    await writtenBy(writers);
    const owned = (await all(store.scan())).filter(({ record }) => record?.user).map(({ id }) => id);
    const users = ['u0', 'u1', 'u2'];
    const found = await Promise.all(users.map((user) => idsIn(store.findByUser(user, { past: true }))));
    expect(found.flat().sort()).toEqual(owned.sort());
  }, 60_000);

  it('what a power cut took of a list, the next save of whoever looks puts back', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a', { user: U }));
    rmSync(layout.users, { recursive: true });
    await rotate(store, 3);
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf(2)]);
  });

  it('spec 6: users whose ids differ in a lone surrogate share no entry', async () => {
    const { store, layout } = temporaryStore();
    // As UTF-8, all three would be the last one.
    const users = ['u\ud800', 'u\ud801', 'u\ufffd'];
    for (const [n, user] of users.entries()) await store.create(aRecord(n, { user: owner(user) }));
    for (const [n, user] of users.entries()) {
      expect(listedIn(layout, user)).toEqual([idOf(n)]);
      expect(await idsIn(store.findByUser(user))).toEqual([idOf(n)]);
    }
  });

  it('spec 6: the entry of any other id is as it was in stores of before', () => {
    expect(ownerDigest('alice')).toBe('2bd806c97f0e00af1a1fc3328fa763a9');
    expect(ownerDigest('\u{1f600}é')).toBe('71b897d47640bd5e39412fb2d81c5d04');
  });
});
