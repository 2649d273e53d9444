import { describe, expect, it } from 'vitest';
import { isSettled } from '../../src/disk/stamp.js';

const stamp = (ctimeMs: number) => ({ dev: 1, ino: 2, size: 3, mtimeMs: 4, ctimeMs });

describe('the state of a file that was changed', () => {
  it.each([
    ['50 ms ago, on a usual file system', 10_000.5, 10_050.4, false],
    ['a little longer ago', 10_000.5, 10_050.6, true],
    ['two seconds ago, where times are whole seconds', 10_000, 12_000, false],
    ['a little longer ago there', 10_000, 12_001, true],
    ['in the future: the clock was set back', 10_000.5, 9_000, false],
  ])('%s', (_, changed, now, expected) => {
    expect(isSettled(stamp(changed), now)).toBe(expected);
  });
});
