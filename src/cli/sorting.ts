import type { SessionAdmin } from '../session/admin.js';
import type { SessionInfo } from '../session/info.js';
import type { Column } from './present/view.js';

export interface Order {
  /** Reads again what was too much to hold. */
  admin: Pick<SessionAdmin, 'get'>;
  sortBy: Column<SessionInfo>;
  reverse: boolean;
  /** Only the first so many. */
  limit?: number | undefined;
}

/** All that is held of each session while they are sorted. */
interface Place {
  key: number | string | null;
  id: string;
  /** Held while there are few. */
  row: SessionInfo | null;
}

/** So many sessions are held whole; of more, only what they are sorted by. */
const HELD = 5000;
const LATEST_OR_MOST_FIRST = ['created', 'seen', 'keys', 'bytes'];

/** The sessions in order. Holds no more than `limit` of them, or a few thousand, or a short key of each. */
export async function* inOrder(rows: AsyncIterable<SessionInfo>, order: Order): AsyncGenerator<SessionInfo> {
  const places = await firstPlaces(rows, order);
  for (const { id, row } of places) {
    const shown = row ?? (await order.admin.get(id));
    if (shown !== null) yield shown;
  }
}

/** Drops the places behind the limit each time that twice as many have gathered: no step is dear. */
async function firstPlaces(
  rows: AsyncIterable<SessionInfo>,
  { sortBy, reverse, limit = Number.POSITIVE_INFINITY }: Order,
): Promise<Place[]> {
  const compare = comparing(sortBy.name, reverse);
  const room = Math.max(2 * limit, 100);
  let places: Place[] = [];
  for await (const row of rows) {
    places.push({ key: keyOf(sortBy.value(row)), id: row.id, row: places.length < HELD ? row : null });
    if (places.length === HELD) for (const place of places) place.row = null;
    if (places.length >= room) places = places.sort(compare).slice(0, limit);
  }
  return places.sort(compare).slice(0, limit);
}

/** Unknown values come last either way, equal ones by id. */
function comparing(field: string, reverse: boolean): (a: Place, b: Place) => number {
  const sign = LATEST_OR_MOST_FIRST.includes(field) === reverse ? 1 : -1;
  return (a, b) => {
    if (a.key === b.key) return a.id < b.id ? -1 : 1;
    if (a.key === null) return 1;
    if (b.key === null) return -1;
    return a.key < b.key ? -sign : sign;
  };
}

function keyOf(value: ReturnType<Column<SessionInfo>['value']>): number | string | null {
  if (value === null) return null;
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.length;
  return typeof value === 'number' ? value : String(value);
}
