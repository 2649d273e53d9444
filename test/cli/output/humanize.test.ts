import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/base/clock.js';
import { counted, grouped, relativeTime, shortBytes } from '../../../src/cli/output/humanize.js';
import { NOW } from '../../aid/records.js';

describe('texts for people', () => {
  it.each([
    [0, 'now'],
    [-999, 'now'],
    [-1000, '1s ago'],
    [-59 * MINUTE, '59m ago'],
    [-2 * HOUR - MINUTE, '2h ago'],
    [400 * 24 * HOUR, 'in 400d'],
    [-3 * 365 * 24 * HOUR, '3y ago'],
    [3 * DAY, 'in 3d'],
    [400 * DAY, 'in 400d'],
  ])('%i ms from now: %s', (distance, text) => {
    expect(relativeTime(new Date(NOW + distance), NOW)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9999, '10 kB'],
    [1_500_000, '1.5 MB'],
  ])('%i bytes: %s', (bytes, text) => {
    expect(shortBytes(bytes)).toBe(text);
  });

  it('counts', () => {
    expect([0, 1, 999, 1000, 1_234_567].map(grouped)).toEqual(['0', '1', '999', '1,000', '1,234,567']);
    expect([0, 1, 2].map((count) => counted(count, 'session'))).toEqual([
      '0 sessions',
      '1 session',
      '2 sessions',
    ]);
  });
});
