import { HOUR, MINUTE } from '../../base/clock.js';
import { isMoinStore } from '../../moin/is-moin-store.js';
import { Lifetimes } from '../../session/lifecycle/lifetime.js';
import { roundedUp } from '../output/footer.js';
import type { OpenSite } from '../site/site.js';

/**
 * How long (ms) a session may be in use before its `seen` moves, by the lifetimes of the site. MoinMoin 1.9 writes a new expiry once a
 * minute at most, 1.6 once an hour.
 */
export function seenWithin({ options, store }: OpenSite): number {
  if (isMoinStore(store)) return store.layout === '1.9' ? MINUTE : HOUR;
  return new Lifetimes(options).seenWithin;
}

/** A sentence if `--idle` is so short that it selects sessions that are in use; else null. */
export function idleNote(idle: number, site: OpenSite): string | null {
  const within = seenWithin(site);
  if (idle >= within) return null;
  return `--idle ${roundedUp(idle)} is shorter than ${roundedUp(within)}, within which 'seen' is true: sessions in use may be among these`;
}
