import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../src/store/memory.js';
import { storeChecks, withStore } from '../../../src/testing/store/suite.js';

/** A kind of store that notes what happens to its stores. */
function watchedKind(closes: () => Promise<void> = async () => {}) {
  const log: string[] = [];
  const made = (name: string) => {
    const close = async () => {
      log.push(`close ${name}`);
      await closes();
    };
    return Object.assign(new MemoryStore(), { close });
  };
  let handles = 0;
  const kind = {
    open: () => made('store'),
    reopen: () => made(`handle ${++handles}`),
    remove: () => void log.push('remove'),
  };
  return { kind, log };
}

describe('the suite leaves nothing behind', () => {
  it('closes every handle, the store last, and then removes it', async () => {
    const { kind, log } = watchedKind();
    await withStore(kind, async ({ reopen }) => {
      await reopen();
      await reopen();
    });
    expect(log).toEqual(['close handle 2', 'close handle 1', 'close store', 'remove']);
  });

  it('after a check that fails, too', async () => {
    const { kind, log } = watchedKind();
    const failing = withStore(kind, async () => {
      throw new RangeError('seen');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(log).toEqual(['close store', 'remove']);
  });

  it('removes a store that does not close, and reports that it did not', async () => {
    const { kind, log } = watchedKind(() => Promise.reject(new RangeError('busy')));
    await expect(withStore(kind, async () => {})).rejects.toThrow('busy');
    expect(log).toEqual(['close store', 'remove']);
  });

  it('each check has a store of its own', async () => {
    const { kind, log } = watchedKind();
    const checks = storeChecks({ open: kind.open, remove: kind.remove }).slice(0, 2);
    for (const { run } of checks) await run();
    expect(log.filter((line) => line === 'remove')).toHaveLength(2);
  });
});

describe('a store that never answers', () => {
  it('breaks the sentence of its check, at the time limit', async () => {
    const kind = {
      timeLimit: 1,
      open: () => Object.assign(new MemoryStore(), { find: () => new Promise<never>(() => {}) }),
    };
    const [check] = storeChecks(kind);
    await expect(check?.run()).rejects.toThrow(
      /breaks this sentence of its contract: "Absent is not an error.*\n\na call has not answered within 1 ms: does it give back each lock/,
    );
  });
});
