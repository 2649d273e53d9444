import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Semaphore } from '../../src/users/semaphore.js';

class Refused extends Error {}

/** A semaphore whose tasks end when they are told to. `started` and `refused` have the names, in order. */
function queue({ slots = 1, places = 6 } = {}) {
  const semaphore = new Semaphore(slots, places, () => new Refused());
  const started: string[] = [];
  const refused: string[] = [];
  const running: (() => void)[] = [];
  const enter = (name: string) => {
    const task = () => {
      started.push(name);
      return new Promise<void>((end) => void running.push(end));
    };
    semaphore.run(name, task).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      refused.push(name);
    });
  };
  /** Ends tasks, one after the other, until all that waited have run. */
  const drain = async () => {
    for (await nextTurn(); running.length > 0; await nextTurn()) running.shift()?.();
  };
  return { enter, drain, started, refused };
}

const times = (count: number, work: () => void) => Array.from({ length: count }, work);

describe('Semaphore', () => {
  it('names take turns: one that comes late waits for no more than one of each other name', async () => {
    const { enter, drain, started } = queue();
    times(4, () => enter('flood'));
    enter('alice');
    enter('bob');
    await drain();
    expect(started).toEqual(['flood', 'flood', 'alice', 'bob', 'flood', 'flood']);
  });

  it('with all places taken by one name, that name is refused, and others get in', async () => {
    const { enter, drain, started, refused } = queue();
    times(10, () => enter('flood'));
    await nextTurn();
    expect(refused).toEqual(['flood', 'flood', 'flood']);
    enter('alice');
    enter('bob');
    await drain();
    expect(refused).toEqual(Array(5).fill('flood'));
    expect(started.slice(0, 4)).toEqual(['flood', 'flood', 'alice', 'bob']);
  });

  it('the name with the most waiting gives way, and no more than to equal lines', async () => {
    const { enter, drain, refused } = queue();
    enter('running');
    times(4, () => enter('most'));
    times(2, () => enter('some'));
    times(3, () => enter('few'));
    await drain();
    expect(refused.sort()).toEqual(['few', 'most', 'most']);
  });

  it('with every place taken by another name, one more is refused', async () => {
    const { enter, drain, refused } = queue({ places: 3 });
    for (const name of ['running', 'a', 'b', 'c', 'd']) enter(name);
    await drain();
    expect(refused).toEqual(['d']);
  });

  it('who was refused took no slot: all that may run do, then and later', async () => {
    const { enter, drain, started } = queue({ slots: 2, places: 2 });
    times(9, () => enter('flood'));
    await drain();
    expect(started).toHaveLength(4);
    times(4, () => enter('later'));
    await drain();
    expect(started).toHaveLength(8);
  });
});
