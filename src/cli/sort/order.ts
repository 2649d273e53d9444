import { batchesOf } from '../../base/batches.js';
import type { SessionInfo } from '../../session/admin/info.js';
import { ALREADY, NEVER } from '../../store/session-record.js';
import type { ListedSession } from '../output/sessions.js';
import { asText, type Column } from '../output/view.js';
import { type Compare, Sorter } from './sorter.js';

export interface Order {
  sortBy: Column<ListedSession>;
  reverse: boolean;
  /** The greatest number of sessions to return. Default: all. */
  limit?: number | undefined;
}

/** Fields whose order is descending: past times latest first, keys and bytes most first. */
const DESCENDING: readonly string[] = [
  'created',
  'seen',
  'endedAt',
  'keys',
  'bytes',
] satisfies (keyof SessionInfo)[];

/**
 * Returns the texts of sessions in order. `toText` runs as soon as a session is read; the sorter keeps only the text.
 * @throws StoreError when the sessions do not fit into the folder of temporary files
 */
export async function sortedTexts(
  sessions: AsyncIterable<ListedSession>,
  { sortBy, reverse, limit }: Order,
  toText: (session: ListedSession) => string,
): Promise<Iterable<string>> {
  const sorter = new Sorter(comparing(sortBy.name, reverse), limit);
  try {
    for await (const batch of batchesOf(sessions)) {
      for (const session of batch)
        sorter.put({ key: keyOf(session, sortBy), id: numberOf(session.id), text: toText(session) });
    }
  } catch (error) {
    sorter.close();
    throw error;
  }
  return sorter.sorted();
}

/** Orders equal values by id. Unknown values are last, even with `--reverse`. What never expires is after all that does. */
function comparing(field: string, reverse: boolean): Compare {
  const sign = DESCENDING.includes(field) === reverse ? 1 : -1;
  return (one, other) => {
    if (one.key === other.key) return one.id - other.id;
    if (one.key === null) return 1;
    if (other.key === null) return -1;
    // Values of `data.KEY` may be of any type: numbers are before texts.
    if (typeof one.key !== typeof other.key) return typeof one.key === 'number' ? -sign : sign;
    return one.key < other.key ? -sign : sign;
  };
}

/** The first 12 digits of an id as a number: enough to distinguish sessions. */
function numberOf(id: string): number {
  return Number.parseInt(id.slice(0, 12), 16);
}

function keyOf(session: ListedSession, { name, value: read }: Column<ListedSession>): number | string | null {
  const value = read(session);
  if (value === null) return endlessKey(session, name);
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.length;
  return typeof value === 'number' ? value : asText(value);
}

/** The key of an expiry that is no time, as sessions of a wiki may have; null for a value that is not known. */
function endlessKey({ state, seen }: ListedSession, field: string): number | null {
  if (seen === null || (field !== 'cookieExpires' && field !== 'expires')) return null;
  return field === 'expires' && state === 'expired' ? ALREADY : NEVER;
}
