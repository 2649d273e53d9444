import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/base/clock.js';
import { ConfigurationError } from '../../src/base/errors.js';
import { createSessions } from '../../src/sessions.js';
import { type Span, testClock } from '../../src/testing/clock.js';

const NEW_YEAR = '2030-01-01T00:00:00.000Z';
const START = Date.parse(NEW_YEAR);

describe('a clock to turn', () => {
  it('starts at the real date, and stands', () => {
    const before = Date.now();
    const clock = testClock();
    const first = clock();
    expect(first).toBeGreaterThanOrEqual(before);
    expect(first).toBeLessThanOrEqual(Date.now());
    while (Date.now() === first);
    expect(clock()).toBe(first);
  });

  it.each([START, new Date(START), NEW_YEAR, '2030-01-01'])('starts at %j', (start) => {
    expect(testClock(start)()).toBe(START);
  });

  it('goes on by a span whose parts are added, and to a moment', () => {
    const clock = testClock(START);
    clock.advance({ hours: 2, minutes: 30 });
    expect(clock()).toBe(START + 2.5 * HOUR);
    clock.advance({ days: 0.5 });
    expect(clock()).toBe(START + 14.5 * HOUR);
    clock.set(new Date(START + DAY));
    clock.set('2030-01-02');
    expect(clock()).toBe(START + DAY);
  });

  it.each([
    [{ hours: -1 }, RangeError, /forward only.*make another/],
    [{}, TypeError, /days, hours, minutes, seconds, ms, as in \{ hours: 2 \}/],
    [{ hour: 1 }, TypeError, /"hour":1/],
    [{ hours: Number.NaN }, TypeError, /span/],
    [{ toString: 1 }, TypeError, /span/],
  ])('refuses the span %j, and stays', (span, type, message) => {
    const clock = testClock(START);
    expect(() => clock.advance(span as Span)).toThrow(type);
    expect(() => clock.advance(span as Span)).toThrow(message);
    expect(clock()).toBe(START);
  });

  it('refuses to go back, and what is no date', () => {
    const clock = testClock(START);
    expect(() => clock.set(START - 1)).toThrow(RangeError);
    expect(() => clock.set('tomorrow')).toThrow('"tomorrow" is no date: give ms');
    expect(() => testClock(Number.NaN)).toThrow(TypeError);
  });

  it('is a good value of the option clock, and the site shows it', () => {
    const clock = testClock(START);
    const sessions = createSessions({ store: 'memory:', clock });
    clock.advance({ days: 1 });
    expect(sessions.clock()).toBe(START + DAY);
    expect(() => createSessions({ store: 'memory:', clock: START as never })).toThrow(ConfigurationError);
  });
});
