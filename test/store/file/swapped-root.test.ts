import { chownSync, lchownSync, lstatSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Folders } from '../../../src/disk/folders.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { FileStore } from '../../../src/store/file/store.js';
import { snapshot, temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { APP, notRoot } from '../../aid/ownership.js';
import { aRecord, idOf, owner } from '../../aid/records.js';
import { cannotSwap, swapAllTheTime } from '../../aid/swap.js';

const RUNS = 30;
/** So many that a run takes as long as some swaps. */
const NAMES = Array.from({ length: 60 }, (_, n) => `s${n}`);

async function fill(root: string): Promise<void> {
  const store = new FileStore(root);
  for (const name of NAMES)
    await store.create(aRecord(name, { user: owner('u'), expires: 9e12, cookieExpires: 8e12 }));
  await store.close();
}

/** A site of APP with a store of the user `uid`, a store of root with the same sessions, and a link of APP to the second one. */
async function twoStores(uid = APP) {
  const site = join(temporaryFolder(), 'site');
  const victim = join(temporaryFolder(), 'sessions');
  const root = join(site, 'sessions');
  const link = join(site, 'link');
  mkdirSync(root, { recursive: true });
  chownSync(site, APP, APP);
  chownSync(root, uid, uid);
  await fill(root);
  await fill(victim);
  symlinkSync(victim, link);
  lchownSync(link, APP, APP);
  return { site, root, link, victim, before: snapshot(victim) };
}

function exchange(one: string, other: string): void {
  const away = `${one}.away`;
  renameSync(one, away);
  renameSync(other, one);
  renameSync(away, other);
}

const adminOf = (store: FileStore) => new SessionAdmin({ store, clock: () => 3_000_000 });

/** A store that root could open because the folder had its name just then. */
async function openedAtLast(root: string, refused: () => void): Promise<FileStore> {
  for (;;) {
    const store = new FileStore(root);
    try {
      await store.open();
      return store;
    } catch {
      refused();
    }
  }
}

type Work = (admin: SessionAdmin, store: FileStore) => Promise<unknown>;

const WORK: readonly [string, Work][] = [
  ['purge --all', (admin) => admin.purge({ all: true })],
  ['expire --all', (admin) => admin.expire({ all: true })],
  ['a sweep', (_, store) => store.sweep(Number.MAX_SAFE_INTEGER)],
  ['a new session', (_, store) => store.create(aRecord('new', { user: owner('u') }))],
  ['a new secret', (_, store) => store.adoptSecret(Buffer.alloc(32, 'x'))],
  ['an update', (_, store) => store.update(idOf('s0'), (now) => ({ ...now, data: { n: 1 } }))],
];

const workNamed = (name: string) => new Map(WORK).get(name) as Work;

describe('a store on whose way root alone can change names', () => {
  it('is worked in by its name, which costs nothing', (context) => {
    need(context, notRoot);
    const root = join(temporaryFolder(), 'sessions');
    const folders = new Folders(root);
    folders.hold();
    expect(folders.at(join(root, 'lock'))).toBe(join(root, 'lock'));
    chownSync(dirname(root), APP, APP);
    folders.hold();
    expect(folders.at(join(root, 'lock'))).not.toContain(root);
    folders.letGo();
  });
});

describe('spec 6: root changes a store while its owner swaps the folder of the store for a link', () => {
  it.for(WORK)(
    'once, after root has opened it: %s changes nothing behind the link',
    async ([, work], context) => {
      need(context, notRoot ?? cannotSwap);
      const { root, link, victim, before } = await twoStores();
      const store = new FileStore(root);
      await store.open();
      exchange(root, link);
      await expect(work(adminOf(store), store)).rejects.toThrow(/symbolic link/);
      await store.close();
      expect(snapshot(victim)).toEqual(before);
    },
  );

  it.for([
    ['purge --all', 'APP', APP],
    ['expire --all', 'APP', APP],
    ['purge --all', 'root', 0],
    ['expire --all', 'root', 0],
  ] as const)(
    `all the time, in ${RUNS} runs: %s in a store of %s changes nothing behind the link`,
    async ([name, , uid], context) => {
      need(context, notRoot ?? cannotSwap);
      const { root, link, victim, before } = await twoStores(uid);
      const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
      const outcomes = { done: 0, refused: 0 };
      for (let run = 0; run < RUNS; run++) {
        if (lstatSync(root).isSymbolicLink()) exchange(root, link);
        await fill(root);
        const stop = await swapAllTheTime(root, link);
        const store = await openedAtLast(root, () => outcomes.refused++);
        await workNamed(name)(adminOf(store), store).then(
          () => outcomes.done++,
          () => outcomes.refused++,
        );
        await store.close();
        await stop();
      }
      warned.mockRestore();
      expect(snapshot(victim)).toEqual(before);
      // Both happened, so the swaps were in time.
      expect(Math.min(outcomes.done, outcomes.refused)).toBeGreaterThan(0);
    },
  );
});
