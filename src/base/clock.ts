import { ConfigurationError } from './errors.js';

/** The time in milliseconds since 1970-01-01 UTC. Everything that needs the time takes a clock. */
export type Clock = () => number;

/** The system's time. Looks `Date.now` up at each call: fake timers replace it. */
export const systemClock: Clock = () => Date.now();

/**
 * An application's clock, rounded down to whole ms. Calls it once, as a check.
 * @throws ConfigurationError, here and at each later call, unless the clock is a function that returns a finite number
 */
export function wholeClock(clock: unknown): Clock {
  if (typeof clock !== 'function') throw noClock('it is no function');
  const whole = () => Math.floor(finite(clock()));
  whole();
  return whole;
}

function finite(time: unknown): number {
  if (typeof time === 'number' && Number.isFinite(time)) return time;
  if (typeof time === 'number') throw noClock(`it gives ${time}`);
  if (time instanceof Date) throw noClock('it gives a Date: take its getTime()');
  throw noClock(`it gives a value of type ${typeof time}`);
}

function noClock(why: string): ConfigurationError {
  return new ConfigurationError(
    `option clock must be a function that gives the time in ms as a number, such as Date.now; ${why}`,
  );
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
