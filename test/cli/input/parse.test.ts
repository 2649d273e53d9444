import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/base/clock.js';
import { UsageError } from '../../../src/base/errors.js';
import {
  parseCount,
  parseDuration,
  parseInterval,
  parseMoment,
  parseNames,
} from '../../../src/cli/input/parse.js';

describe('parseDuration', () => {
  it.each([
    ['30m', 30 * MINUTE],
    ['2h', 2 * HOUR],
    ['7d', 7 * DAY],
    ['2w', 14 * DAY],
    ['2y', 730 * DAY],
    ['1y2w', 379 * DAY],
    ['1h30m', 90 * MINUTE],
    ['1.5h', 90 * MINUTE],
    ['0s', 0],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '2', 'h', '2 h', '-2h', '2x', '1..5h', '2h!'])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(UsageError);
  });
});

describe('parseMoment', () => {
  it('adds to now and subtracts from now', () => {
    expect(parseMoment('+2h', 1000)).toBe(1000 + 2 * HOUR);
    expect(parseMoment('-1d', DAY)).toBe(0);
  });

  it('reads back every moment that JSON shows (spec 2), years of more than four digits included', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(parseMoment(date.toISOString(), 0)).toBe(date.getTime());
      }),
    );
  });

  it.each([8.64e15, -8.64e15])('spec 7: --at accepts the text that list prints for the time %d', (time) => {
    expect(parseMoment(new Date(time).toISOString(), 0)).toBe(time);
  });

  it('reads a time without a zone as UTC', () => {
    expect(parseMoment('2026-05-01T12:00', 0)).toBe(Date.UTC(2026, 4, 1, 12));
    expect(parseMoment('2026-05-01', 0)).toBe(Date.UTC(2026, 4, 1));
    expect(parseMoment('2026-05-01T12:00:00+02:00', 0)).toBe(Date.UTC(2026, 4, 1, 10));
  });

  it.each([
    '',
    'now',
    '2h',
    '2026-13-01',
    '2026-02-30',
    '2026-04-31T12:00Z',
    '+',
    '+99999999999d',
    '+275760-09-13T00:00:00.001Z',
    '-000000-01-01',
    '+2026-01-01',
    '1700000000',
  ])('refuses %j', (text) => {
    expect(() => parseMoment(text, 0)).toThrow(UsageError);
  });
});

describe('parseCount and parseNames', () => {
  it('accept valid texts and refuse the rest', () => {
    expect(parseCount('20')).toBe(20);
    for (const text of ['0', '-1', '1.5', 'x', '']) expect(() => parseCount(text)).toThrow(UsageError);
    expect(parseNames('a, b')).toEqual(['a', 'b']);
    expect(() => parseNames('a,')).toThrow(UsageError);
  });
});

it('an interval without a unit: the error names seconds', () => {
  expect(() => parseInterval('1')).toThrow('write 1s for seconds');
  expect(parseInterval('1s')).toBe(1000);
});
