import { expect, it } from 'vitest';
import { Opening } from '../../src/base/opening.js';
import { isPromise } from '../../src/base/soon.js';
import { deferred } from '../aid/deferred.js';

/** An opening that waits until `open` resolves, and fails as often as `failures` says. */
function watched({ failures = 0 } = {}) {
  const { promise, resolve: open } = deferred();
  let count = 0;
  const opening = new Opening(async () => {
    count += 1;
    await promise;
    if (count <= failures) throw new Error(`failure ${count}`);
    return { number: count };
  });
  return { opening, open, opened: () => count };
}

it('opens nothing before its first use', () => {
  const { opening, opened } = watched();
  expect(opening.current).toBeNull();
  expect(opened()).toBe(0);
});

it('opens once for all who come before it is open, and for all who come later', async () => {
  const { opening, open, opened } = watched();
  const early = [opening.get(), opening.get(), opening.soon(), opening.current];
  open();
  const [first, ...others] = await Promise.all([...early, opening.get()]);
  for (const other of others) expect(other).toBe(first);
  expect(opened()).toBe(1);
});

it('is a promise for the first user, and there at once when it is open', async () => {
  const { opening, open } = watched();
  const first = opening.soon();
  expect(isPromise(first)).toBe(true);
  open();
  const opened = await first;
  expect(opened).toEqual({ number: 1 });
  expect(opening.soon()).toBe(opened);
});

it('gives at once also a value that counts as nothing', async () => {
  const opening = new Opening(async () => null);
  await opening.get();
  expect(opening.soon()).toBeNull();
});

it('fails for all who wait, and the next use tries again', async () => {
  const { opening, open, opened } = watched({ failures: 1 });
  const waiting = [opening.get(), opening.soon()];
  open();
  for (const each of waiting) await expect(each).rejects.toThrow('failure 1');
  expect(opening.current).toBeNull();
  expect(await opening.soon()).toEqual({ number: 2 });
  expect(opening.soon()).toEqual({ number: 2 });
  expect(opened()).toBe(2);
});
