import type { GivenSettings } from './view.js';

/** What MoinMoin takes for ever: ten years, in seconds. */
const TEN_YEARS = 315_360_000;
/** The hours of a login without `cookie_lifetime`. */
const DEFAULT_HOURS = 12;

/** Seconds of a user's cookie in 1.6. Fractions of an hour are cut off, and 0 is for ever. */
export function userSeconds16({ cookie_lifetime }: GivenSettings, isRemembered: boolean): number {
  const given = typeof cookie_lifetime === 'number' ? cookie_lifetime : DEFAULT_HOURS;
  const hours = Math.trunc(given);
  if (hours < 0) return -hours * 3600;
  return hours === 0 || isRemembered ? TEN_YEARS : hours * 3600;
}

/** Seconds of a visitor's cookie in 1.6; null if the settings do not say. */
export function visitorSeconds16({ anonymous_cookie_lifetime: hours }: GivenSettings): number | null {
  return hours === undefined ? null : hours * 3600;
}

/** Seconds of a user's session in 1.9; 0: none lasts. */
export function userSeconds19({ cookie_lifetime }: GivenSettings, isRemembered: boolean): number {
  const hours =
    typeof cookie_lifetime === 'object' ? cookie_lifetime[1] : Math.trunc(cookie_lifetime ?? DEFAULT_HOURS);
  return hours > 0 && isRemembered ? TEN_YEARS : Math.abs(Math.trunc(hours * 3600));
}

/** Seconds of a visitor's session in 1.9; 0: there are none; null if the settings do not say. */
export function visitorSeconds19({
  cookie_lifetime,
  anonymous_session_lifetime: hours,
}: GivenSettings): number | null {
  if (typeof cookie_lifetime === 'object') return Math.abs(Math.trunc(cookie_lifetime[0] * 3600));
  if (cookie_lifetime === undefined && hours === undefined) return null;
  return Math.abs(Math.trunc((hours ?? 0) * 3600));
}

/** The stored expiry of 1.9, in seconds: whole minutes and the life time, so that it changes once a minute at most. */
export function storedExpiry19(now: number, seconds: number): number {
  return Math.floor(now / 60_000) * 60 + seconds;
}
