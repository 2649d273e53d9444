/** The time in milliseconds since 1970-01-01 UTC. Everything that needs the time takes a clock. */
export type Clock = () => number;

export const systemClock: Clock = Date.now;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
