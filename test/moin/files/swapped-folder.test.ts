import {
  chownSync,
  closeSync,
  lchownSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import type { Layout } from '../../../src/moin/layout.js';
import { MoinStore } from '../../../src/moin/store.js';
import { pathsBelow, snapshot, temporaryFolder } from '../../aid/folder.js';
import { opened, secretsOf } from '../../aid/moin/opened.js';
import { idOfFile } from '../../aid/moin/wiki-files.js';
import { unpackWiki } from '../../aid/moin/wikis.js';
import { need } from '../../aid/need.js';
import { APP, giveAway, notRoot } from '../../aid/ownership.js';
import { all } from '../../aid/records.js';
import { cannotSwap, swapAllTheTime } from '../../aid/swap.js';

/** How often a test works while the folders are swapped. */
const ROUNDS = 300;
/** The name of each user of the other wiki. */
const FOREIGN = 'NameInTheOtherWiki';
/** The name of a session that the other wiki alone has. */
const EXTRA = 'f'.repeat(40);

/** A wiki of APP, and one of another user with sessions of the same names; a link of APP to a folder of the second one. */
function twoWikis(layout: Layout, place: string) {
  const mine = opened(layout, temporaryFolder());
  const other = unpackWiki(layout, temporaryFolder());
  const folder = join(mine.wiki.data, place);
  const theirs = join(other.data, place);
  for (const path of [folder, theirs]) mkdirSync(path, { recursive: true });
  const locks = layout === '1.6' ? ['cache/__common__/ussc/__lock__'] : [];
  if (basename(place) === '__lock__' && !locks.includes(place)) locks.push(place);
  for (const lock of locks) mkdirSync(join(mine.wiki.data, lock), { recursive: true });
  for (const { id } of other.expected.users) {
    const path = join(other.data, 'user', id);
    writeFileSync(path, readFileSync(path, 'latin1').replace(/^name=.*$/m, `name=${FOREIGN}`), 'latin1');
  }
  writeFileSync(join(other.sessionDir, EXTRA), readFileSync(mine.path));
  // A lock that counts no longer: whoever comes here removes it.
  mkdirSync(join(theirs, 'write_lock'));
  utimesSync(join(theirs, 'write_lock'), 1, 1);
  giveAway(other.dir);
  for (const path of pathsBelow(mine.wiki.dir)) lchownSync(path, APP, APP);
  const link = join(temporaryFolder(), 'link');
  chownSync(dirname(link), APP, APP);
  symlinkSync(theirs, link);
  lchownSync(link, APP, APP);
  const before = snapshot(other.dir);
  const unharmed = () => expect(snapshot(other.dir)).toEqual(before);
  const swap = () => {
    renameSync(folder, `${link}.away`);
    renameSync(link, folder);
  };
  const files = [mine.path, ...(layout === '1.6' ? [secretsOf(mine.wiki, mine.session)] : [])];
  const putBack = [...files.map(keeperOf), ...locks.map((lock) => freeingOf(join(mine.wiki.data, lock)))];
  return { ...mine, folder, link, swap, unharmed, putBack };
}

/** Writes a file as it was, whatever its folder is called by then. */
function keeperOf(path: string): () => void {
  const fd = openSync(dirname(path), 'r');
  onTestFinished(() => closeSync(fd));
  const bytes = readFileSync(path);
  return () => writeFileSync(`/proc/self/fd/${fd}/${basename(path)}`, bytes);
}

/** Removes a lock that a swap has kept from being released: it would count for a minute. */
function freeingOf(locks: string): () => void {
  const fd = openSync(locks, 'r');
  onTestFinished(() => closeSync(fd));
  return () => rmSync(`/proc/self/fd/${fd}/write_lock`, { recursive: true, force: true });
}

const FOLDERS: readonly [string, Layout, string][] = [
  ['the sessions of 1.9', '1.9', 'cache/__session__'],
  ['the sessions of 1.6', '1.6', 'cache/__common__/session'],
  ['the secrets', '1.6', 'cache/__common__/ussc'],
  ['the locks of the secrets', '1.6', 'cache/__common__/ussc/__lock__'],
  ['the locks of the sessions', '1.6', 'cache/__common__/session/__lock__'],
  ['a folder on the way', '1.6', 'cache'],
];

type Two = ReturnType<typeof twoWikis>;
type Change = (store: MoinStore, two: Two, hook?: () => void) => Promise<boolean>;

const expire: Change = async (store, { id, end }, hook = () => {}) => {
  const change = (record: Parameters<typeof end>[0]) => {
    hook();
    return end(record);
  };
  return (await store.update(id, change)) !== null;
};
const purge: Change = async (store, { id }, hook = () => {}) => {
  const when = () => {
    hook();
    return true;
  };
  return (await store.delete(id, { when })).removed;
};

/** Changes a wiki again and again while its folder is swapped, until one change was done and one refused. */
async function changedAmongSwaps(two: Two, change: () => Promise<boolean>) {
  const outcomes = { done: 0, refused: 0 };
  const stop = await swapAllTheTime(two.folder, two.link);
  const isEnough = () => Math.min(outcomes.done, outcomes.refused) > 0;
  try {
    for (let n = 0; n < ROUNDS || (n < 20 * ROUNDS && !isEnough()); n++) {
      const isDone = await change().catch(() => false);
      if (isDone) outcomes.done++;
      else outcomes.refused++;
      for (const put of two.putBack) put();
    }
  } finally {
    await stop();
  }
  return outcomes;
}

describe('I3: root works on a wiki while its owner swaps a folder for a link to another wiki', () => {
  beforeEach((context) => need(context, notRoot ?? cannotSwap));

  describe.each(FOLDERS)('%s', (_, layout, place) => {
    it.each([
      ['expire', expire],
      ['purge', purge],
    ])('%s, all the time: nothing of the other wiki changes', async (_how, change) => {
      const two = twoWikis(layout, place);
      const outcomes = await changedAmongSwaps(two, async () =>
        change(new MoinStore(two.wiki.data, two.store.settings), two),
      );
      two.unharmed();
      // Both happened, so the swaps were in time.
      expect(Math.min(outcomes.done, outcomes.refused)).toBeGreaterThan(0);
    });

    it.each([
      ['expire', expire],
      ['purge', purge],
    ])('%s, after the session was read: nothing of the other wiki changes', async (_how, change) => {
      const two = twoWikis(layout, place);
      let asked = 0;
      const hook = () => {
        asked += 1;
        if (asked === 1) two.swap();
      };
      await change(two.store, two, hook).catch((error) => expect(error).toBeInstanceOf(StoreError));
      expect(asked).toBeGreaterThan(0);
      two.unharmed();
    });
  });

  it.each(['1.6', '1.9'] as const)(
    '%s: a list shows no session and no user of the other wiki',
    async (layout) => {
      const sessions = layout === '1.9' ? 'cache/__session__' : 'cache/__common__/session';
      for (const place of [sessions, 'user']) {
        const { wiki, folder, link, unharmed } = twoWikis(layout, place);
        const stop = await swapAllTheTime(folder, link);
        let lists = 0;
        try {
          for (let n = 0; n < ROUNDS || (n < 20 * ROUNDS && lists === 0); n++) {
            const listing = async () => all(new MoinStore(wiki.data).scan());
            const entries = await listing().catch(() => []);
            if (entries.length > 0) lists += 1;
            expect(entries.filter(({ id }) => id === idOfFile(EXTRA))).toEqual([]);
            expect(entries.filter(({ record }) => record?.user?.name === FOREIGN)).toEqual([]);
          }
        } finally {
          await stop();
        }
        expect(lists).toBeGreaterThan(0);
        unharmed();
      }
    },
  );

  it.each(['1.6', '1.9'] as const)('%s: the folder that was named itself', async (layout) => {
    const sessions = layout === '1.9' ? 'cache/__session__' : 'cache/__common__/session';
    const two = twoWikis(layout, sessions);
    // The first look finds out where the folder is, so that the folders beside it are known.
    const outcomes = await changedAmongSwaps(two, async () =>
      purge(new MoinStore(two.folder, two.store.settings), two),
    );
    two.unharmed();
    expect(Math.min(outcomes.done, outcomes.refused)).toBeGreaterThan(0);
  });

  it('a list behind a link of the owner: it cannot be read, and the error says whose link it is', async () => {
    for (const [layout, named] of [
      ['1.9', 'data'],
      ['1.9', 'folder'],
    ] as const) {
      const two = twoWikis(layout, 'cache/__session__');
      two.swap();
      const listing = async () => all(new MoinStore(named === 'data' ? two.wiki.data : two.folder).scan());
      await expect(listing()).rejects.toThrow(
        `cannot read there as root: ${two.folder} is a symbolic link of the user ${APP}`,
      );
      two.unharmed();
    }
  });
});
