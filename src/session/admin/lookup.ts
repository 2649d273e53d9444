import type { Clock } from '../../base/clock.js';
import { assertSessionId } from '../../store/contract.js';
import type { SessionAdmin } from './admin.js';
import type { SessionFilter } from './filter.js';
import { assertFilter } from './filter-check.js';
import { describeDetail } from './info.js';
import { Refusals } from './refusal.js';
import { findEntry, Selection, type Sources } from './select.js';

/** The part of the administration that changes nothing. */
export type SessionLookup = Pick<SessionAdmin, 'list' | 'get' | 'resolve'>;

export function looking({ clock, ...sources }: Sources & { clock: Clock }): SessionLookup {
  const { store } = sources;
  return { list, get, resolve };

  function list(filter: SessionFilter = {}) {
    assertFilter(filter);
    return new Selection(sources, filter).infos(clock());
  }

  async function get(id: string) {
    assertSessionId(id);
    const entry = await findEntry(store, id);
    const now = clock();
    return entry && describeDetail(entry, now, await new Refusals(sources).judge(entry, now));
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
