import { HOUR } from '../../../base/clock.js';
import { ALREADY, type SessionRecord } from '../../../store/session-record.js';
import { FOREVER } from '../../lifecycle/lifetime.js';

/**
 * Gives records of a MoinMoin wiki the times that our own have: a cookie lasts for "forever" at most, 400 days from now (spec 3), and its
 * record an hour longer (spec 2). What has expired stays so.
 */
export class OwnTimes {
  readonly #now: number;
  readonly #shortened = new Set<string>();

  /** @param now in ms */
  constructor(now: number) {
    this.#now = now;
  }

  /** Whether this session got another end: it never expires in the wiki, or later than a cookie of ours can. */
  hasShortened(id: string): boolean {
    return this.#shortened.has(id);
  }

  readonly adapt = (record: SessionRecord): SessionRecord => {
    const { id, seen, cookieExpires, expires } = record;
    if (expires <= this.#now) {
      const end = expires === ALREADY ? Math.min(seen, this.#now) : expires;
      return { ...record, cookieExpires: end - HOUR, expires: end };
    }
    const latest = this.#now + FOREVER;
    if (cookieExpires > latest) this.#shortened.add(id);
    const own = Math.min(cookieExpires, latest);
    return { ...record, cookieExpires: own, expires: own + HOUR };
  };
}
