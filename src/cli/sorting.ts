import type { SessionInfo } from '../session/info.js';
import type { Column } from './present/view.js';
import { Spool } from './spool.js';

export interface Order {
  sortBy: Column<SessionInfo>;
  reverse: boolean;
  /** Only the first so many. */
  limit?: number | undefined;
}

const LATEST_OR_MOST_FIRST = ['created', 'seen', 'keys', 'bytes'];

/**
 * The sessions in order, each read once. Only what they are sorted by is held; the sessions themselves wait as text.
 * @param unpack makes what is wanted in the end of what `pack` made of a session
 */
export async function* inOrder<T>(
  sessions: AsyncIterable<SessionInfo>,
  { sortBy, reverse, limit }: Order,
  { pack, unpack }: { pack: (session: SessionInfo) => string; unpack: (text: string) => T },
): AsyncGenerator<T> {
  const keys: (number | string | null)[] = [];
  const ids: number[] = [];
  const spool = new Spool();
  try {
    for await (const session of sessions) {
      keys.push(keyOf(sortBy.value(session)));
      ids.push(Number.parseInt(session.id.slice(0, 12), 16));
      spool.put(pack(session));
    }
    const numbers = Uint32Array.from(keys.keys()).sort(comparing(keys, ids, sortBy.name, reverse));
    for (const number of numbers.subarray(0, limit)) yield unpack(spool.get(number));
  } finally {
    spool.close();
  }
}

/** Unknown values come last either way, equal ones by id, of which 12 digits are enough to tell them apart. */
function comparing(
  keys: readonly (number | string | null)[],
  ids: readonly number[],
  field: string,
  reverse: boolean,
): (a: number, b: number) => number {
  const sign = LATEST_OR_MOST_FIRST.includes(field) === reverse ? 1 : -1;
  return (a, b) => {
    const [one, other] = [keys[a] ?? null, keys[b] ?? null];
    if (one === other) return (ids[a] as number) - (ids[b] as number);
    if (one === null) return 1;
    if (other === null) return -1;
    return one < other ? -sign : sign;
  };
}

function keyOf(value: ReturnType<Column<SessionInfo>['value']>): number | string | null {
  if (value === null) return null;
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.length;
  return typeof value === 'number' ? value : String(value);
}

/** Sessions as text and back. Their times are numbers there: to write and read dates costs more than all the rest. */
export const sessionsAsText = {
  pack({ created, seen, cookieExpires, expires, ...rest }: SessionInfo): string {
    const times = [created, seen, cookieExpires, expires].map((time) => time?.getTime() ?? null);
    return JSON.stringify([times, rest]);
  },

  unpack(text: string): SessionInfo {
    const [times, rest] = JSON.parse(text) as [(number | null)[], SessionInfo];
    const dates = times.map((time) => (time === null ? null : new Date(time)));
    const [created = null, seen = null, cookieExpires = null, expires = null] = dates;
    return { ...rest, created, seen, cookieExpires, expires };
  },
};
