import type { StoreEntry } from '../contract.js';
import type { Cells } from './cells.js';
import type { Connection } from './connection.js';
import { entryOf } from './decisions.js';
import type { Keys } from './keys.js';
import type { UserIndex } from './user-index.js';

/** Key under which a Redis store gives its parts to a check. */
export const REDIS_PARTS: unique symbol = Symbol('moin-sessions.redis-parts');

/** What a store is made of, and its lists work with. */
export interface RedisParts {
  connection: Connection;
  keys: Keys;
  cells: Cells;
  users: UserIndex;
  readOnly: boolean;
}

/** How many keys are asked for something short at a time, and how many records at most. */
export const AT_ONCE = 100;

export function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += AT_ONCE) yield items.slice(at, at + AT_ONCE);
}

/** The record under an id as a list gives it; null when there is none. */
export async function entry({ cells }: RedisParts, id: string): Promise<StoreEntry | null> {
  return entryOf(id, (await cells.glance(id)).text);
}

export function isThere(found: StoreEntry | null): found is StoreEntry {
  return found !== null;
}
