import type { SetCookie } from '../../session/cookie/response-cookie.js';
import type { Layout } from '../layout.js';
import type { GivenSettings } from './view.js';

/** A cookie that MoinMoin sends, without its value. */
export interface AnswerCookie {
  name: string;
  kind: 'anon' | 'user';
  /** In seconds, as it is printed; may be negative. */
  maxAge: number;
  /** The time of the attribute `expires`, in ms. */
  expires: number;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The date as 1.6 writes it (`Friday, 15-Jan-27 09:00:00 GMT`), or as 1.9 does (`Fri, 15-Jan-2027 09:00:00 GMT`). */
export function cookieDate(ms: number, layout: Layout): string {
  const date = new Date(ms);
  const two = (value: number) => `${value}`.padStart(2, '0');
  const day = DAYS[date.getUTCDay()] as string;
  const year = `${date.getUTCFullYear()}`;
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  const [dayName, yearText] = layout === '1.6' ? [day, year.slice(-2)] : [day.slice(0, 3), year];
  return `${dayName}, ${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${yearText} ${time} GMT`;
}

/** The cookie that 1.6 sets. It knows neither `HttpOnly` nor `Secure` nor `SameSite`. */
export function cookieOf16(
  { name, kind, maxAge, expires }: AnswerCookie,
  settings: GivenSettings,
): SetCookie {
  // Python prints the product of a fraction and an integer as a fraction.
  const isFraction = kind === 'anon' && !Number.isInteger(settings.anonymous_cookie_lifetime ?? 0);
  const printed = isFraction && Number.isInteger(maxAge) ? `${maxAge}.0` : `${maxAge}`;
  const attributes = [
    ...domainOf(settings),
    `expires=${cookieDate(expires, '1.6')}`,
    `Max-Age=${printed}`,
    `Path=${settings.cookie_path ?? '/'}`,
  ];
  return { name, kind, action: 'set', maxAge: Math.max(0, Math.floor(maxAge)), attributes };
}

/** The cookie that 1.9 sets. */
export function cookieOf19(
  { name, kind, maxAge, expires }: AnswerCookie,
  settings: GivenSettings,
  isHttps: boolean,
): SetCookie {
  const attributes = [
    ...domainOf(settings),
    `Expires=${cookieDate(expires, '1.9')}`,
    `Max-Age=${maxAge}`,
    ...((settings.cookie_secure ?? isHttps) ? ['Secure'] : []),
    ...(settings.cookie_httponly ? ['HttpOnly'] : []),
    `Path=${settings.cookie_path ?? '/'}`,
  ];
  return { name, kind, action: 'set', maxAge, attributes };
}

/** The deletion that 1.9 sends. It never has `Secure` or `HttpOnly`. */
export function deletionOf19(name: string, settings: GivenSettings): SetCookie {
  const attributes = [
    ...domainOf(settings),
    `Expires=${cookieDate(0, '1.9')}`,
    'Max-Age=0',
    `Path=${settings.cookie_path ?? '/'}`,
  ];
  return { name, kind: null, action: 'delete', maxAge: 0, attributes };
}

function domainOf({ cookie_domain }: GivenSettings): string[] {
  return cookie_domain === undefined ? [] : [`Domain=${cookie_domain}`];
}
