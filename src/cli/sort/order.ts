import type { SessionInfo } from '../../session/admin/info.js';
import type { Column } from '../output/view.js';
import { type Compare, Sorter } from './sorter.js';

export interface Order {
  sortBy: Column<SessionInfo>;
  reverse: boolean;
  /** Only the first so many. */
  limit?: number | undefined;
}

const LATEST_OR_MOST_FIRST = ['created', 'seen', 'keys', 'bytes'];

/**
 * Sessions as texts in order. Each is turned into text by `pack` as soon as it is read, and held as nothing else.
 * @throws StoreError when they are too many for the folder of temporary files
 */
export async function sortedTexts(
  sessions: AsyncIterable<SessionInfo>,
  { sortBy, reverse, limit }: Order,
  pack: (session: SessionInfo) => string,
): Promise<Iterable<string>> {
  const sorter = new Sorter(comparing(sortBy.name, reverse), limit);
  try {
    for await (const session of sessions) {
      sorter.put({ key: keyOf(sortBy.value(session)), id: numberOf(session.id), text: pack(session) });
    }
  } catch (error) {
    sorter.close();
    throw error;
  }
  return sorter.sorted();
}

/** Unknown values come last either way, equal ones by id. */
function comparing(field: string, reverse: boolean): Compare {
  const sign = LATEST_OR_MOST_FIRST.includes(field) === reverse ? 1 : -1;
  return (one, other) => {
    if (one.key === other.key) return one.id - other.id;
    if (one.key === null) return 1;
    if (other.key === null) return -1;
    return one.key < other.key ? -sign : sign;
  };
}

/** The first 12 digits, which are enough to tell sessions apart. */
function numberOf(id: string): number {
  return Number.parseInt(id.slice(0, 12), 16);
}

function keyOf(value: ReturnType<Column<SessionInfo>['value']>): number | string | null {
  if (value === null) return null;
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.length;
  return typeof value === 'number' ? value : String(value);
}

/** A session as text. Its times are numbers there: to write and read dates costs more than all the rest. */
export function pack({ created, seen, cookieExpires, expires, ...rest }: SessionInfo): string {
  const times = [created, seen, cookieExpires, expires].map((time) => time?.getTime() ?? null);
  return JSON.stringify([times, rest]);
}

/** The session that `pack` made a text of. */
export function unpack(text: string): SessionInfo {
  const [times, rest] = JSON.parse(text) as [(number | null)[], SessionInfo];
  const dates = times.map((time) => (time === null ? null : new Date(time)));
  const [created = null, seen = null, cookieExpires = null, expires = null] = dates;
  return { ...rest, created, seen, cookieExpires, expires };
}
