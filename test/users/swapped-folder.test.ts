import { chownSync, lchownSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserDatabase } from '../../src/users/database.js';
import { need } from '../aid/need.js';
import { APP, notRoot, ownershipOf, STRANGER } from '../aid/ownership.js';
import { cannotSwap, swapAllTheTime } from '../aid/swap.js';
import { directoryAt, namesIn, place } from './user-file.js';

const notLinux = process.platform === 'linux' ? null : 'only Linux opens files relative to a folder';

/** A site of APP with mallory in its user file, a site of STRANGER with alice in its own, and a link of APP to the second one. */
async function twoSites() {
  const theirs = place(STRANGER);
  await directoryAt(theirs.path).add('alice', 'secret');
  const { outer, folder, path } = place(APP);
  chownSync(outer, APP, APP);
  await directoryAt(path).add('mallory', 'secret');
  const link = join(outer, 'link');
  symlinkSync(theirs.folder, link);
  lchownSync(link, APP, APP);
  const away = join(outer, 'away');
  const swap = () => {
    renameSync(folder, away);
    renameSync(link, folder);
  };
  const unharmed = () => {
    expect(namesIn(theirs.path)).toEqual(['alice']);
    expect(ownershipOf(theirs.path)).toBe(`600 ${STRANGER}:${STRANGER}`);
    expect(readdirSync(theirs.folder).sort()).toEqual(['users.json', 'users.json.lock']);
    expect(ownershipOf(`${theirs.path}.lock`)).toBe(`600 ${STRANGER}:${STRANGER}`);
  };
  return { folder, path, link, away, swap, unharmed };
}

describe('root changes users while the owner of the folder swaps it for a link', () => {
  it('between the check of the path and the work: nothing is written', async (context) => {
    need(context, notRoot ?? notLinux);
    const { path, away, swap, unharmed } = await twoSites();
    let looks = 0;
    const clock = () => {
      looks += 1;
      if (looks === 1) swap();
      return Date.now();
    };
    const database = new UserDatabase(path, clock, false);
    await expect(database.change((file) => file.users.splice(0))).rejects.toThrow(/symbolic link/);
    expect(looks).toBe(1);
    unharmed();
    expect(namesIn(join(away, 'users.json'))).toEqual(['mallory']);
  });

  it('between the read and the write: the file that was read is replaced', async (context) => {
    need(context, notRoot ?? notLinux);
    const { path, away, swap, unharmed } = await twoSites();
    const database = new UserDatabase(path, Date.now, false);
    await database.change((file) => {
      expect(file.users.map(({ name }) => name)).toEqual(['mallory']);
      file.users.splice(0);
      swap();
    });
    unharmed();
    expect(namesIn(join(away, 'users.json'))).toEqual([]);
    expect(readdirSync(away).sort()).toEqual(['users.json', 'users.json.lock']);
  });

  it('all the time: no file of the other site changes, is made or changes hands', async (context) => {
    need(context, notRoot ?? cannotSwap);
    const { folder, path, link, unharmed } = await twoSites();
    const outcomes = { done: 0, refused: 0 };
    const stop = await swapAllTheTime(folder, link);
    try {
      for (let n = 0; n < 1500; n++) {
        const changing = new UserDatabase(path, Date.now, false).change((file) => {
          for (const user of file.users) user.created = n;
        });
        await changing.then(
          () => outcomes.done++,
          () => outcomes.refused++,
        );
      }
    } finally {
      await stop();
    }
    unharmed();
    // Both happened, so the swaps were in time.
    expect(Math.min(outcomes.done, outcomes.refused)).toBeGreaterThan(0);
    expect(readFileSync(path, 'utf8') === '').toBe(false);
  });

  it('all the time: a user to change is never taken from the file of the other site', async (context) => {
    need(context, notRoot ?? cannotSwap);
    const { folder, path, link } = await twoSites();
    const { id } = await directoryAt(path).add('alice', 'secret');
    const stop = await swapAllTheTime(folder, link);
    const found = new Set<string | undefined>();
    let refused = 0;
    try {
      for (let n = 0; n < 1500; n++)
        await directoryAt(path)
          .findForChange('alice')
          .then(
            (user) => found.add(user?.id),
            () => refused++,
          );
    } finally {
      await stop();
    }
    expect([...found]).toEqual([id]);
    expect(refused).toBeGreaterThan(0);
  });
});
