import { DAY, HOUR } from '../../base/clock.js';
import { ConfigurationError } from '../../base/errors.js';
import type { SessionKind, SessionRecord } from '../../store/contract.js';

/** How long a saved state outlives its cookie (spec 2). */
export const GRACE = HOUR;
/** "For ever": the longest that a browser keeps a cookie (RFC 6265bis, section 5.5). */
export const FOREVER = 400 * DAY;
/** What `cookieLifetime` is when nothing is said, in hours. */
export const DEFAULT_COOKIE_LIFETIME = 12;

/** The lifetimes of a site, in hours as configured (spec 3, Lifetimes). */
export interface LifetimeOptions {
  /**
   * Hours that a login lasts without use; fractions allowed. Above 0 that many, or "forever" if the user asked to
   * be remembered; 0 always "forever"; below 0 the absolute value, whatever the user asked. At most 9600, which is 400 days.
   * Default `12`.
   */
  cookieLifetime?: number;
  /** Hours that an anonymous session lasts without use; fractions allowed, at most 9600; 0 for no anonymous sessions. Default: none. */
  anonymousCookieLifetime?: number;
  /** Hours from its creation after which a session ends however much it is used. Default: no such limit. */
  maxLifetime?: number;
}

/** The two ends of a session, in ms. */
export interface Ends {
  cookieExpires: number;
  expires: number;
}

type Subject = Pick<SessionRecord, 'kind' | 'remember' | 'created'>;
type Refreshed = Subject & Pick<SessionRecord, 'seen' | 'cookieExpires'>;

/** The arithmetic of lifetimes; all times in ms. */
export class Lifetimes {
  readonly #login: number;
  readonly #remembered: number;
  readonly #anonymous: number;
  readonly #max: number;

  /** @throws ConfigurationError when a number is none, is negative where that means nothing, or a cookie's is over 400 days. */
  constructor(options: LifetimeOptions = {}) {
    const { cookieLifetime = DEFAULT_COOKIE_LIFETIME, anonymousCookieLifetime = 0, maxLifetime } = options;
    check('cookieLifetime', cookieLifetime, Number.NEGATIVE_INFINITY);
    check('anonymousCookieLifetime', anonymousCookieLifetime, 0);
    checkLength('cookieLifetime', cookieLifetime);
    checkLength('anonymousCookieLifetime', anonymousCookieLifetime);
    if (maxLifetime !== undefined) check('maxLifetime', maxLifetime, Number.MIN_VALUE);
    this.#login = cookieLifetime === 0 ? FOREVER : hours(Math.abs(cookieLifetime));
    this.#remembered = cookieLifetime < 0 ? this.#login : FOREVER;
    this.#anonymous = hours(anonymousCookieLifetime);
    this.#max =
      maxLifetime === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.round(maxLifetime * HOUR));
  }

  /** Whether the site has anonymous sessions at all. */
  get anonymousAllowed(): boolean {
    return this.#anonymous > 0;
  }

  /** How long a session of this kind lasts without use. */
  of(kind: SessionKind, remember: boolean): number {
    if (kind === 'anonymous') return this.#anonymous;
    return remember ? this.#remembered : this.#login;
  }

  /** When a session that is used now ends: its lifetime from now, but never beyond `maxLifetime` from its creation. */
  ends({ kind, remember, created }: Subject, now: number): Ends {
    const cookieExpires = Math.min(now + this.of(kind, remember), created + this.#max);
    return { cookieExpires, expires: cookieExpires + GRACE };
  }

  /**
   * Whether cookie and record are to move (S8): a tenth of the lifetime, one hour at most, after the last time. Also
   * when `seen` is as far in the future, for then the clock was set back; never when the end would not move.
   */
  refreshDue(record: Refreshed, now: number): boolean {
    const interval = Math.min(HOUR, this.of(record.kind, record.remember) / 10);
    if (Math.abs(now - record.seen) < interval) return false;
    const { cookieExpires } = this.ends(record, now);
    return cookieExpires > now && cookieExpires !== record.cookieExpires;
  }
}

/** At least 1 ms, unless it is 0. */
function hours(count: number): number {
  return count === 0 ? 0 : Math.max(1, Math.round(count * HOUR));
}

/** A browser would shorten it; and who writes 43200000 means ms. */
function checkLength(name: string, count: number): void {
  if (Math.abs(count) * HOUR <= FOREVER) return;
  throw new ConfigurationError(
    `option ${name} is ${count} hours, more than the 400 days (${FOREVER / HOUR} hours) that a browser keeps a cookie: were milliseconds meant? It is in hours`,
  );
}

function check(name: string, value: unknown, least: number): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return;
  const sign = least === Number.NEGATIVE_INFINITY ? '' : least === 0 ? ', 0 or more' : ' above 0';
  throw new ConfigurationError(
    `option ${name} must be a number of hours${sign}; it is ${JSON.stringify(value) ?? String(value)}`,
  );
}
