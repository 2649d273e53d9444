import { ConfigurationError } from '../../base/errors.js';
import type { SessionRecord } from '../../store/contract.js';

/** Seconds. The clocks of the wiki and of this machine may differ a little. */
const MARGIN = 1;

/**
 * The expiry (seconds) that ends a session as `next` says.
 * @throws ConfigurationError when `next` is any other change
 */
export function endOf(current: SessionRecord, next: SessionRecord, dir: string): number {
  if (next.ended === null || next.data !== current.data)
    throw new ConfigurationError(
      `the sessions in ${dir} are those of a MoinMoin wiki, and can be ended or removed, but not changed: copy them to another store first`,
    );
  return Math.floor(next.ended.at / 1000) - MARGIN;
}
