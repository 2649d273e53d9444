import type { Clock } from '../clock.js';
import { assertSessionId } from '../store/contract.js';
import type { SessionAdmin } from './admin.js';
import type { SessionFilter } from './filter.js';
import { describeDetail, describeEntry } from './info.js';
import { findEntry, type Sources, select } from './select.js';

/** The part of the administration that changes nothing. */
export type SessionLookup = Pick<SessionAdmin, 'list' | 'get' | 'resolve'>;

export function looking({ store, users, clock }: Sources & { clock: Clock }): SessionLookup {
  const sources = { store, users };
  return { list, get, resolve };

  function list(filter: SessionFilter = {}) {
    const now = clock();
    return select(sources, filter, now, (entry) => describeEntry(entry, now));
  }

  async function get(id: string) {
    assertSessionId(id);
    const entry = await findEntry(store, id);
    return entry && describeDetail(entry, clock());
  }

  async function resolve(prefix: string, limit = 10) {
    if (!/^[0-9a-f]{4,32}$/.test(prefix))
      throw new TypeError('the beginning of a session id is 4 to 32 lower-case hex digits');
    const ids: string[] = [];
    for await (const { id } of store.scan({ prefix })) {
      if (id.startsWith(prefix)) ids.push(id);
      if (ids.length >= limit) break;
    }
    return ids.sort();
  }
}
