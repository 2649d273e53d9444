import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/base/clock.js';
import { ConfigurationError } from '../../../src/base/errors.js';
import { FOREVER, GRACE, Lifetimes } from '../../../src/session/lifecycle/lifetime.js';
import { stateOf } from '../../../src/session/lifecycle/state.js';

const now = fc.integer({ min: 0, max: 4e12 });
const hours = fc.double({ min: 0.001, max: 9600, noNaN: true });
const kind = fc.constantFrom('user' as const, 'anonymous' as const);

describe('Lifetimes (spec 3)', () => {
  it('cookieLifetime > 0: that many hours, or "forever" if the user asked to be remembered', () => {
    const lifetimes = new Lifetimes({ cookieLifetime: 0.5 });
    expect(lifetimes.of('user', false)).toBe(HOUR / 2);
    expect(lifetimes.of('user', true)).toBe(400 * DAY);
  });

  it('cookieLifetime 0: always "forever"', () => {
    const lifetimes = new Lifetimes({ cookieLifetime: 0 });
    expect(lifetimes.of('user', false)).toBe(400 * DAY);
    expect(lifetimes.of('user', true)).toBe(400 * DAY);
  });

  it('cookieLifetime < 0: the absolute value, whatever the user asked', () => {
    const lifetimes = new Lifetimes({ cookieLifetime: -2.25 });
    expect(lifetimes.of('user', false)).toBe(2.25 * HOUR);
    expect(lifetimes.of('user', true)).toBe(2.25 * HOUR);
  });

  it('anonymousCookieLifetime: hours, fractions allowed; 0 or absent: no anonymous sessions', () => {
    expect(new Lifetimes({ anonymousCookieLifetime: 0.1 }).of('anonymous', false)).toBe(HOUR / 10);
    expect(new Lifetimes({ anonymousCookieLifetime: 0.1 }).anonymousAllowed).toBe(true);
    expect(new Lifetimes({ anonymousCookieLifetime: 0 }).anonymousAllowed).toBe(false);
    expect(new Lifetimes().anonymousAllowed).toBe(false);
  });

  it('a lifetime above 0 never becomes 0, however small it is', () => {
    const lifetimes = new Lifetimes({
      anonymousCookieLifetime: 1e-12,
      cookieLifetime: 1e-12,
      maxLifetime: 1e-12,
    });
    expect(lifetimes.anonymousAllowed).toBe(true);
    expect(lifetimes.ends({ kind: 'user', remember: false, created: 5 }, 5).cookieExpires).toBe(6);
  });

  it('the default of a login is 12 hours', () => {
    expect(new Lifetimes().of('user', false)).toBe(12 * HOUR);
  });

  it('nothing lasts longer than 400 days', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -9600, max: 9600, noNaN: true }),
        kind,
        fc.boolean(),
        (count, of, remember) => {
          const options = { cookieLifetime: count, anonymousCookieLifetime: Math.abs(count) };
          expect(new Lifetimes(options).of(of, remember)).toBeLessThanOrEqual(FOREVER);
        },
      ),
    );
  });

  it.each([
    ['cookieLifetime', 9600.001],
    ['cookieLifetime', -9601],
    ['cookieLifetime', 43_200_000],
    ['anonymousCookieLifetime', 9601],
  ])('spec 3: %s: %s is longer than 400 days, and asks whether ms were meant', (name, value) => {
    expect(() => new Lifetimes({ [name]: value })).toThrow(ConfigurationError);
    expect(() => new Lifetimes({ [name]: value })).toThrow(
      `option ${name} is ${value} hours, more than the 400 days (9600 hours) that a browser keeps a cookie: were milliseconds meant?`,
    );
    expect(() => new Lifetimes({ [name]: 9600 })).not.toThrow();
  });

  it.each([
    ['cookieLifetime', Number.NaN],
    ['cookieLifetime', Number.POSITIVE_INFINITY],
    ['cookieLifetime', '12'],
    ['anonymousCookieLifetime', -1],
    ['anonymousCookieLifetime', null],
    ['maxLifetime', 0],
    ['maxLifetime', -1],
    ['refreshInterval', 0],
    ['refreshInterval', Number.NaN],
    ['refreshInterval', '1'],
  ])('%s: %s is refused, by name', (name, value) => {
    expect(() => new Lifetimes({ [name]: value })).toThrow(ConfigurationError);
    expect(() => new Lifetimes({ [name]: value })).toThrow(`option ${name} must be a number of hours`);
  });
});

describe('Lifetimes: the bounds (spec 3)', () => {
  it('spec 3: 400 days below 0 too; maxLifetime has no upper bound', () => {
    expect(new Lifetimes({ cookieLifetime: -9600 }).of('user', false)).toBe(FOREVER);
    const ends = new Lifetimes({ cookieLifetime: 1, maxLifetime: 1e6 }).ends(
      { kind: 'user', remember: false, created: 0 },
      DAY,
    );
    expect(ends.cookieExpires).toBe(DAY + HOUR);
  });

  it.each([
    [{ cookieLifetime: '12' }, 'option cookieLifetime must be a number of hours; it is "12"'],
    [{ cookieLifetime: Symbol('x') }, 'option cookieLifetime must be a number of hours; it is Symbol(x)'],
    [
      { anonymousCookieLifetime: -1 },
      'option anonymousCookieLifetime must be a number of hours, 0 or more; it is -1',
    ],
    [{ maxLifetime: 0 }, 'option maxLifetime must be a number of hours above 0; it is 0'],
  ])('spec 3: the error of %o says which hours are allowed', (options, message) => {
    expect(() => new Lifetimes(options as object)).toThrow(new ConfigurationError(message));
  });
});

describe('the ends of a session (spec 2)', () => {
  it('expires is exactly one hour after cookieExpires; maxLifetime caps both, counted from creation', () => {
    fc.assert(
      fc.property(now, fc.nat(1e10), hours, hours, kind, (created, age, lifetime, max, of) => {
        const lifetimes = new Lifetimes({
          cookieLifetime: lifetime,
          anonymousCookieLifetime: lifetime,
          maxLifetime: max,
        });
        const { cookieExpires, expires } = lifetimes.ends(
          { kind: of, remember: false, created },
          created + age,
        );
        expect(expires - cookieExpires).toBe(GRACE);
        expect(cookieExpires).toBeLessThanOrEqual(created + Math.round(max * HOUR));
        expect(cookieExpires).toBeLessThanOrEqual(created + age + Math.round(lifetime * HOUR));
        expect(Number.isSafeInteger(cookieExpires)).toBe(true);
      }),
    );
  });

  it('active before cookieExpires, grace from there up to expires, expired from then on', () => {
    const record = { cookieExpires: 1000, expires: 1000 + GRACE, ended: null };
    expect(stateOf(record, 999)).toBe('active');
    expect(stateOf(record, 1000)).toBe('grace');
    expect(stateOf(record, 999 + GRACE)).toBe('grace');
    expect(stateOf(record, 1000 + GRACE)).toBe('expired');
  });

  it('a session that was ended is expired, also for a clock that is behind', () => {
    const record = {
      cookieExpires: 1000 - GRACE,
      expires: 1000,
      ended: { at: 1000, by: 'administrator' },
    } as const;
    expect(stateOf(record, 500)).toBe('expired');
  });
});

describe('refreshDue (S8)', () => {
  const subject = { kind: 'user', remember: false, created: 0, seen: 0 } as const;

  it('S8: at most once per tenth of the lifetime, one hour at most', () => {
    fc.assert(
      fc.property(hours, fc.nat(3 * DAY), (lifetime, age) => {
        const lifetimes = new Lifetimes({ cookieLifetime: lifetime });
        const record = { ...subject, cookieExpires: lifetimes.ends(subject, 0).cookieExpires };
        const interval = Math.min(HOUR, lifetimes.of('user', false) / 10);
        expect(lifetimes.refreshDue(record, age)).toBe(age >= interval);
      }),
    );
  });

  it('S8: not when the end cannot move: at the cap of maxLifetime', () => {
    const lifetimes = new Lifetimes({ cookieLifetime: 10, maxLifetime: 5 });
    expect(lifetimes.refreshDue({ ...subject, cookieExpires: 5 * HOUR }, 2 * HOUR)).toBe(false);
  });

  it('S8: not where maxLifetime, lowered since, has passed: the end that the record has stays', () => {
    const lifetimes = new Lifetimes({ cookieLifetime: 10, maxLifetime: 5 });
    const record = { ...subject, cookieExpires: 10 * HOUR };
    expect(lifetimes.refreshDue(record, 5 * HOUR - 1)).toBe(true);
    expect(lifetimes.refreshDue(record, 5 * HOUR)).toBe(false);
    expect(lifetimes.refreshDue(record, 6 * HOUR)).toBe(false);
  });

  it("S8: the interval is a tenth of the session's own lifetime: a visitor's, or that of a remembered login", () => {
    const lifetimes = new Lifetimes({ cookieLifetime: 0.5, anonymousCookieLifetime: 2 });
    const due = (fields: object, age: number) =>
      lifetimes.refreshDue({ ...subject, cookieExpires: 1, ...fields }, age);
    expect(due({}, HOUR / 20)).toBe(true);
    expect(due({ kind: 'anonymous' }, HOUR / 5 - 1)).toBe(false);
    expect(due({ kind: 'anonymous' }, HOUR / 5)).toBe(true);
    expect(due({ remember: true }, HOUR - 1)).toBe(false);
    expect(due({ remember: true }, HOUR)).toBe(true);
  });

  it('S8: refreshInterval refreshes more often, never more rarely than a tenth of the lifetime', () => {
    fc.assert(
      fc.property(
        hours,
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.nat(3 * DAY),
        (lifetime, more, age) => {
          const lifetimes = new Lifetimes({ cookieLifetime: lifetime, refreshInterval: more });
          const record = { ...subject, cookieExpires: lifetimes.ends(subject, 0).cookieExpires };
          const interval = Math.min(HOUR, lifetimes.of('user', false) / 10, Math.round(more * HOUR));
          const isOver =
            age >= lifetimes.of('user', false) && lifetimes.ends(subject, age).cookieExpires <= age;
          expect(lifetimes.refreshDue(record, age)).toBe(age >= interval && !isOver);
        },
      ),
    );
  });

  it('S8: with refreshInterval `seen` moves at the cap of maxLifetime too, where the ends cannot', () => {
    const lifetimes = new Lifetimes({ cookieLifetime: 10, maxLifetime: 5, refreshInterval: 0.5 });
    const record = { ...subject, cookieExpires: 5 * HOUR };
    expect(lifetimes.refreshDue(record, HOUR / 2 - 1)).toBe(false);
    expect(lifetimes.refreshDue(record, HOUR / 2)).toBe(true);
    expect(lifetimes.refreshDue(record, 5 * HOUR)).toBe(false);
  });

  it.each([
    [{ refreshInterval: 1.01 }, 1],
    [{ refreshInterval: 60_000 }, 1],
    [{ refreshInterval: 0.6, cookieLifetime: -5 }, 0.5],
    [{ refreshInterval: 0.6, cookieLifetime: -2, anonymousCookieLifetime: 4 }, 0.4],
  ])('spec 3: %o has no effect, and is refused', (options, usual) => {
    expect(() => new Lifetimes(options)).toThrow(
      new ConfigurationError(
        `option refreshInterval is ${options.refreshInterval} hours, but a session in use is refreshed after ${usual} h anyway: give fewer hours, or leave it out`,
      ),
    );
  });

  it.each([
    { refreshInterval: 1 },
    { refreshInterval: 0.6, cookieLifetime: 5 },
    { refreshInterval: 0.4, cookieLifetime: -2, anonymousCookieLifetime: 4 },
    { refreshInterval: 1e-9 },
  ])('spec 3: %o is taken: it has an effect, or is what holds anyway', (options) => {
    expect(() => new Lifetimes(options)).not.toThrow();
  });

  it('a clock that was set back by an interval or more makes it due, by less it does not', () => {
    const lifetimes = new Lifetimes({ cookieLifetime: 5 });
    const record = { ...subject, created: DAY, seen: DAY, cookieExpires: DAY + 5 * HOUR };
    expect(lifetimes.refreshDue(record, DAY - HOUR / 2)).toBe(true);
    expect(lifetimes.refreshDue(record, DAY - HOUR / 2 + 1)).toBe(false);
  });
});
