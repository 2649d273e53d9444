import { DAY, HOUR, MINUTE, SECOND } from '../../base/clock.js';
import type { Layout } from '../../moin/layout.js';
import type { SessionState } from '../../session/lifecycle/state.js';
import { counted, grouped, shortDuration } from './humanize.js';
import type { Style } from './style.js';
import { rulerFor, wrap } from './text.js';

/** What a table of sessions on a terminal does not say by itself. */
export interface Footing {
  /** How many sessions the table shows, and how many match. */
  shown: number;
  matched: number;
  /** The states in the table; empty if it has no such column. */
  states: ReadonlySet<string>;
  /** How long (ms) a session may be in use before `seen` moves; null if the table has no such column. */
  seenWithin: number | null;
  /** Of the wiki; null for another store. */
  layout?: Layout | null;
}

/** Why a session may be in a state that is not plain from its name. */
const REASONS: Partial<Record<SessionState, string>> = {
  refused: 'refused: its user is disabled or gone, or its auth method left the chain',
  grace: 'grace: the cookie has expired and opens nothing; the record is kept for an hour after it',
  unreadable: 'unreadable: the stored bytes are no session; inspect says why',
};

/** The same in a wiki, where it differs. */
const WIKI_REASONS: Readonly<Record<Layout, typeof REASONS>> = {
  '1.6': {
    refused: 'refused: its user is disabled or gone',
    grace: 'grace: the stored time of its cookie is over; MoinMoin 1.6 may open it still, inspect says when',
  },
  '1.9': {
    refused: 'refused: its user is disabled or gone',
    expired: 'expired: a session without an expiry still opens by its cookie, until a purge removes it',
  },
};

/** The lines below a table of sessions, for people. */
export async function footerText(
  { shown, matched, states, seenWithin, layout = null }: Footing,
  { width, style }: { width: number; style: Style },
): Promise<string> {
  const count =
    shown < matched ? `${grouped(shown)} of ${grouped(matched)} shown` : counted(matched, 'session');
  const seen = seenWithin === null ? '' : `; SEEN is true to within ${roundedUp(seenWithin)}`;
  const reasons = Object.entries({ ...REASONS, ...(layout && WIKI_REASONS[layout]) }).flatMap(
    ([state, reason]) => (states.has(state) ? [reason] : []),
  );
  const texts = [count + seen, ...reasons];
  const ruler = await rulerFor(texts);
  const lines = texts.flatMap((text) => wrap(text, width, ruler));
  return lines.map((line) => `${style.dim(line)}\n`).join('');
}

/** As `shortDuration`, but never less: `90 s` are `2m`. */
export function roundedUp(ms: number): string {
  const unit = [DAY, HOUR, MINUTE].find((size) => ms >= size) ?? SECOND;
  return shortDuration(Math.ceil(ms / unit) * unit);
}
