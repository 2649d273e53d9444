import { afterEach, describe, expect, it, vi } from 'vitest';
import { Folders } from '../../../src/disk/folders.js';
import { namesIn, paced } from '../../../src/store/file/walk.js';
import { putFile, temporaryFolder } from '../../aid/folder.js';
import { all } from '../../aid/records.js';

afterEach(() => vi.restoreAllMocks());

/** Lets each look at the time find it `ms` later. */
function timePasses(ms: number): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += ms));
}

/** How often other work of the process had its turn while this was walked through. */
async function turnsDuring(items: Iterable<number | null>): Promise<number> {
  let turns = 0;
  let over = false;
  const other = () => {
    if (over) return;
    turns++;
    setImmediate(other);
  };
  setImmediate(other);
  await all(paced(items));
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

  it('finds no names where there is no folder', () => {
    const folder = temporaryFolder();
    putFile(`${folder}/a`, '');
    expect(namesIn(new Folders(folder), folder)).toEqual(['a']);
    expect(namesIn(new Folders(folder), `${folder}/missing`)).toEqual([]);
    expect(() => namesIn(new Folders(folder), `${folder}/a`)).toThrow(
      /cannot list .*: a part of the path is a file/,
    );
  });
});
