/** The time in milliseconds since 1970-01-01 UTC. Everything that needs the time takes a clock. */
export type Clock = () => number;

/** The system's time; asks `Date.now` each time, so that fake timers count. */
export const systemClock: Clock = () => Date.now();

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
