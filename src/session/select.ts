import { isSessionId, type SessionStore, type StoreEntry } from '../store/contract.js';
import type { UserDirectory } from '../users/directory.js';
import { matches, type SessionFilter } from './filter.js';

/** Where sessions and their owners' names are looked up. */
export interface Sources {
  store: SessionStore;
  /** Turns a user's name into an id, so that the store need not be read through. Optional. */
  users?: UserDirectory | undefined;
}

/** The stored sessions that a filter means at `now` (ms), in no order, one at a time. */
export function selectEntries(
  sources: Sources,
  filter: SessionFilter,
  now: number,
): AsyncGenerator<StoreEntry> {
  return select(sources, filter, now, (entry) => entry);
}

/** What `as` makes of them. Of a million sessions, each step that waits for the one before would cost a second. */
export async function* select<T>(
  sources: Sources,
  filter: SessionFilter,
  now: number,
  as: (entry: StoreEntry) => T,
): AsyncGenerator<T> {
  const { user, ids, ...rest } = filter;
  const conditions = ids !== undefined && user !== undefined ? { ...rest, user } : rest;
  for await (const entry of candidatesOf(sources, ids, user)) {
    if (matches(entry, conditions, now)) yield as(entry);
  }
}

/** One stored session by its whole id, or null; an unreadable one too. */
export async function findEntry(store: SessionStore, id: string): Promise<StoreEntry | null> {
  for await (const entry of store.scan({ prefix: id })) if (entry.id === id) return entry;
  return null;
}

function candidatesOf(
  sources: Sources,
  ids: readonly string[] | undefined,
  user: string | undefined,
): AsyncIterable<StoreEntry> {
  if (ids !== undefined) return entriesById(sources.store, ids);
  return user === undefined ? sources.store.scan() : entriesOfUser(sources, user);
}

async function* entriesById(store: SessionStore, ids: readonly string[]): AsyncGenerator<StoreEntry> {
  // What is no id names no session, and comes near no store (I6).
  for (const id of new Set(ids.filter(isSessionId))) {
    const entry = await findEntry(store, id);
    if (entry !== null) yield entry;
  }
}

/** By user id where that finds any; else by what the records say, which reads the whole store. */
async function* entriesOfUser({ store, users }: Sources, user: string): AsyncGenerator<StoreEntry> {
  const known = await users?.findByName(user);
  let found = false;
  for (const id of new Set([known?.id ?? user, user])) {
    for await (const entry of store.findByUser(id, { past: true })) {
      found = true;
      yield entry;
    }
  }
  if (found || known) return;
  for await (const entry of store.scan()) {
    if (matches(entry, { user }, 0)) yield entry;
  }
}
