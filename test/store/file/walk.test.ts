import { statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { BatchedList } from '../../../src/base/batches.js';
import { Folders } from '../../../src/disk/folders.js';
import { inBatches, namesIn, paced, walk } from '../../../src/store/file/walk.js';
import { putFile, temporaryFolder } from '../../aid/folder.js';
import { all } from '../../aid/records.js';

afterEach(() => vi.restoreAllMocks());

/** Lets each look at the time find it `ms` later. */
function timePasses(ms: number): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += ms));
}

/** How often other work of the process had its turn while this was walked through. */
async function turnsDuring(
  items: Iterable<number | null>,
  walk: (items: Iterable<number | null>) => AsyncIterable<unknown> = paced,
): Promise<number> {
  let turns = 0;
  let over = false;
  const other = () => {
    if (over) return;
    turns++;
    setImmediate(other);
  };
  setImmediate(other);
  await all(walk(items));
  over = true;
  return turns;
}

describe('a walk through a store', () => {
  it('lets other work have its turn, also where there is nothing to show', async () => {
    timePasses(11);
    expect(await turnsDuring([1, 2, 3, 4, 5])).toBeGreaterThanOrEqual(5);
    expect(await turnsDuring([null, null, null, null, null])).toBeGreaterThanOrEqual(5);
  });

  it('does not wait while it is quick', async () => {
    timePasses(0);
    expect(await turnsDuring([1, 2, 3, 4, 5])).toBe(0);
  });

  it('shows all but nulls', async () => {
    expect(await all(paced([1, null, 2]))).toEqual([1, 2]);
  });

  it('gives batches of what 1.5 ms allow, then lets other work have its turn, also where there is nothing to show', async () => {
    timePasses(0.4);
    const sizes: number[] = [];
    for await (const batch of inBatches(Array.from({ length: 20 }, (_, n) => n))) sizes.push(batch.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(20);
    expect(await turnsDuring(Array(20).fill(null), inBatches)).toBeGreaterThanOrEqual(5);
  });

  it('gives a consumer of single items the same turns, however long it takes for each', async () => {
    timePasses(2);
    const list = new BatchedList(async function* () {
      yield [1, 2, 3, 4, 5];
    });
    expect(await turnsDuring([], () => list)).toBeGreaterThanOrEqual(5);
  });

  it('bounds a batch by the number of its items, and by what they take in memory', async () => {
    timePasses(0);
    const items = Array.from({ length: 300 }, (_, n) => n);
    const sizesOf = async (bytes: number) =>
      (await all(inBatches(items, { bytesOf: () => bytes }))).map(({ length }) => length);
    expect(await sizesOf(1)).toEqual([128, 128, 44]);
    expect(await sizesOf(128 * 1024)).toEqual(Array(150).fill(2));
  });

  it('I4: gives what comes before an item that fails, then its error', async () => {
    function* failing() {
      yield* [1, 2];
      throw new RangeError('the third');
    }
    const given: number[][] = [];
    const reading = (async () => {
      for await (const batch of inBatches(failing())) given.push(batch);
    })();
    await expect(reading).rejects.toThrow('the third');
    expect(given).toEqual([[1, 2]]);
  });

  it('finds no names where there is no folder', async () => {
    const folder = temporaryFolder();
    putFile(`${folder}/a`, '');
    expect(await namesIn(new Folders(folder), folder)).toEqual(['a']);
    expect(await namesIn(new Folders(folder), `${folder}/missing`)).toEqual([]);
    await expect(namesIn(new Folders(folder), `${folder}/a`)).rejects.toThrow(
      /cannot list .*: a part of the path is a file/,
    );
  });

  it('has the next folder listed while the files of one are read, and no further', async () => {
    const root = temporaryFolder();
    for (const name of ['1/a', '2/b', '3/c']) putFile(`${root}/${name}`, '');
    const folders = new Folders(root);
    const listed = vi.spyOn(folders, 'namesLater');
    const pick = (_: unknown, name: string) => [name, listed.mock.calls.length];
    const these = ['1', '2', '3'].map((name) => ({ path: `${root}/${name}` }));
    expect(await all(walk(folders, these, pick))).toEqual([[['a', 2]], [['b', 3]], [['c', 3]]]);
  });

  it('a folder that cannot be listed is no matter of a caller who stops before it', async () => {
    const root = temporaryFolder();
    putFile(`${root}/1/a`, '');
    putFile(`${root}/2`, '');
    const these = ['1', '2'].map((name) => ({ path: `${root}/${name}` }));
    const rejections = vi.fn();
    process.on('unhandledRejection', rejections);
    onTestFinished(() => void process.off('unhandledRejection', rejections));
    for await (const batch of walk(new Folders(root), these, (_, name) => name)) {
      expect(batch).toEqual(['a']);
      break;
    }
    await nextTurn();
    expect(rejections).not.toHaveBeenCalled();
  });

  it('lists a large folder as a small one', async () => {
    const folder = temporaryFolder();
    const names = Array.from({ length: 1500 }, (_, n) => `${n.toString().padStart(40, '0')}.json`);
    for (const name of names) putFile(`${folder}/in/${name}`, '');
    expect(statSync(`${folder}/in`).size).toBeGreaterThan(32 * 1024);
    expect((await new Folders(folder).namesLater(`${folder}/in`)).sort()).toEqual(names);
  });
});
