import { DAY, HOUR } from '../../base/clock.js';
import { ConfigurationError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import type { SessionKind, SessionRecord } from '../../store/contract.js';

/** How long a saved state outlives its cookie (spec 2). */
export const GRACE = HOUR;
/** "Forever": the longest time that a browser keeps a cookie (RFC 6265bis, section 5.5). */
export const FOREVER = 400 * DAY;
/** The default of `cookieLifetime`, in hours. */
export const DEFAULT_COOKIE_LIFETIME = 12;

/** The lifetimes of a site, in hours as configured (spec 3, Lifetimes). */
export interface LifetimeOptions {
  /**
   * Hours that a login lasts without use; fractions allowed. Above 0, that many, or "forever" if the user asked to be
   * remembered. 0: always "forever". Below 0: the absolute value, even if the user asked to be remembered. At most
   * 9600 hours (400 days), which is also what "forever" means. Default `12`.
   */
  cookieLifetime?: number;
  /**
   * Hours that an anonymous session lasts without use; fractions allowed. At most 9600 hours (400 days). 0: no
   * anonymous sessions. Default `0`.
   */
  anonymousCookieLifetime?: number;
  /** Hours from its creation after which a session ends, even if it is in use. Default: no limit. */
  maxLifetime?: number;
  /**
   * Hours after which a request moves the ends of a session that it uses; fractions allowed. `seen` is true to within
   * them. The shorter of this and a tenth of the lifetime counts. Default: a tenth of the lifetime, or one hour if that is
   * shorter.
   */
  refreshInterval?: number;
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
  /** Undefined: nobody relies on `seen`. */
  readonly #refresh: number | undefined;

  /** @throws ConfigurationError for a value that is not a number, is out of its range, or has no effect */
  constructor(options: LifetimeOptions = {}) {
    const { cookieLifetime = DEFAULT_COOKIE_LIFETIME, anonymousCookieLifetime = 0 } = options;
    const { maxLifetime, refreshInterval } = options;
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
    if (refreshInterval !== undefined) {
      assertInterval(refreshInterval);
      checkEffect(refreshInterval, usualInterval(Math.max(this.#login, this.#remembered, this.#anonymous)));
      this.#refresh = hours(refreshInterval);
    }
  }

  /** Whether the site has anonymous sessions. */
  get anonymousAllowed(): boolean {
    return this.#anonymous > 0;
  }

  /** How long (ms) a session may be in use before its `seen` moves (S8): the longest on this site. */
  get seenWithin(): number {
    const usual = usualInterval(Math.max(this.#login, this.#remembered, this.#anonymous));
    return Math.min(usual, this.#refresh ?? usual);
  }

  /** How long (ms) a session of this kind lasts without use. */
  of(kind: SessionKind, remember: boolean): number {
    if (kind === 'anonymous') return this.#anonymous;
    return remember ? this.#remembered : this.#login;
  }

  /** The ends of a session that is used at `now`: its lifetime later, but at most `maxLifetime` after its creation. */
  ends({ kind, remember, created }: Subject, now: number): Ends {
    const cookieExpires = Math.min(now + this.of(kind, remember), created + this.#max);
    return { cookieExpires, expires: cookieExpires + GRACE };
  }

  /**
   * Whether to move the ends of cookie and record (S8). True when the last move was an interval ago; also when `seen` is
   * that far in the future, because then the clock was set back. False when the ends would stay the same, unless
   * `refreshInterval` promises that `seen` is true.
   */
  refreshDue(record: Refreshed, now: number): boolean {
    const usual = usualInterval(this.of(record.kind, record.remember));
    if (Math.abs(now - record.seen) < Math.min(usual, this.#refresh ?? usual)) return false;
    const { cookieExpires } = this.ends(record, now);
    return cookieExpires > now && (this.#refresh !== undefined || cookieExpires !== record.cookieExpires);
  }
}

/** How often (ms) a session of this lifetime is refreshed without `refreshInterval` (S8). */
function usualInterval(lifetime: number): number {
  return Math.min(HOUR, lifetime / 10);
}

/** Hours in ms; at least 1 unless the count is 0. */
function hours(count: number): number {
  return count === 0 ? 0 : Math.max(1, Math.round(count * HOUR));
}

/** A browser would shorten a longer lifetime. A number such as 43200000 is probably in milliseconds. */
function checkLength(name: string, count: number): void {
  if (Math.abs(count) * HOUR <= FOREVER) return;
  throw new ConfigurationError(
    `option ${name} is ${count} hours, more than the 400 days (${FOREVER / HOUR} hours) that a browser keeps a cookie: were milliseconds meant? It is in hours`,
  );
}

/** What is wrong with a `refreshInterval`, whatever the lifetimes. @throws ConfigurationError */
export function assertInterval(refreshInterval: number): void {
  check('refreshInterval', refreshInterval, Number.MIN_VALUE);
}

/** @param usual the longest time (ms) between two refreshes on this site without the option */
function checkEffect(refreshInterval: number, usual: number): void {
  if (refreshInterval * HOUR <= usual) return;
  throw new ConfigurationError(
    `option refreshInterval is ${refreshInterval} hours, but a session in use is refreshed after ${usual / HOUR} h anyway: give fewer hours, or leave it out`,
  );
}

function check(name: string, value: unknown, least: number): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return;
  const sign = least === Number.NEGATIVE_INFINITY ? '' : least === 0 ? ', 0 or more' : ' above 0';
  throw new ConfigurationError(`option ${name} must be a number of hours${sign}; it is ${show(value)}`);
}
