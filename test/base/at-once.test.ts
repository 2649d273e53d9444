import { describe, expect, it } from 'vitest';
import { eachAtOnce } from '../../src/base/at-once.js';
import { deferred } from '../aid/deferred.js';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let n = 0; n < count; n++) yield n;
}

describe('eachAtOnce', () => {
  it('works on as many items as allowed, and waits for the last one', async () => {
    const gates = Array.from({ length: 7 }, deferred);
    const begun: number[] = [];
    const ended: number[] = [];
    const threeBegun = deferred();
    const all = eachAtOnce(numbers(7), 3, async (n) => {
      begun.push(n);
      if (begun.length === 3) threeBegun.resolve();
      await gates[n]?.promise;
      ended.push(n);
    });
    await threeBegun.promise;
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1, 2]);
    for (const { resolve } of gates.reverse()) resolve();
    await all;
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(ended).toHaveLength(7);
  });

  it('after an error it begins nothing more, lets the others end, and rejects with the first one', async () => {
    const gate = deferred();
    const begun: number[] = [];
    const ended: number[] = [];
    const all = eachAtOnce(numbers(100), 2, async (n) => {
      begun.push(n);
      if (n > 0) throw new Error(`fails at ${n}`);
      await gate.promise;
      ended.push(n);
    });
    await new Promise(setImmediate);
    gate.resolve();
    await expect(all).rejects.toThrow('fails at 1');
    expect({ begun, ended }).toEqual({ begun: [0, 1], ended: [0] });
  });

  it('begins nothing with an item that the list made while one in work failed, and closes the list', async () => {
    const listGoesOn = deferred();
    let isClosed = false;
    const waiting = async function* () {
      try {
        yield 0;
        await listGoesOn.promise;
        yield 1;
      } finally {
        isClosed = true;
      }
    };
    const begun: number[] = [];
    const all = eachAtOnce(waiting(), 2, async (n) => {
      begun.push(n);
      setImmediate(listGoesOn.resolve);
      throw new Error(`fails at ${n}`);
    });
    await expect(all).rejects.toThrow('fails at 0');
    expect({ begun, isClosed }).toEqual({ begun: [0], isClosed: true });
  });

  it('when the list fails, it waits for what is in work, and rejects with that error', async () => {
    const gate = deferred();
    let hasEnded = false;
    const failing = async function* () {
      yield 0;
      setImmediate(gate.resolve);
      throw new Error('the list fails');
    };
    const all = eachAtOnce(failing(), 2, async () => {
      await gate.promise;
      hasEnded = true;
    });
    await expect(all).rejects.toThrow('the list fails');
    expect(hasEnded).toBe(true);
  });
});
