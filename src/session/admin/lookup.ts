import { assertSessionId } from '../../store/contract.js';
import type { SessionFilter } from './filter.js';
import { assertFilter } from './filter-check.js';
import { describeDetail, type SessionDetail, type SessionInfo } from './info.js';
import { Refusals } from './refusal.js';
import { type AdminSources, findEntry, hasNotBegun, Selection } from './select.js';

/** Looks up sessions in a store. Writes nothing. */
export class SessionLookup {
  readonly #sources: Omit<AdminSources, 'emit'>;

  constructor(sources: Omit<AdminSources, 'emit'>) {
    this.#sources = sources;
  }

  /** The selected sessions, in no order, one at a time. @throws StoreError also when the user directory fails */
  list(filter: SessionFilter = {}): AsyncIterable<SessionInfo> {
    assertFilter(filter);
    return new Selection(this.#sources, filter).infos(this.#sources.clock());
  }

  /** As `list`, with the data of each session. */
  details(filter: SessionFilter = {}): AsyncIterable<SessionDetail> {
    assertFilter(filter);
    return new Selection(this.#sources, filter).details(this.#sources.clock());
  }

  /** The session with this whole id, readable or not; or null, also for one that began after `asOf`. @throws TypeError when `id` is not a session id */
  async get(id: string): Promise<SessionDetail | null> {
    assertSessionId(id);
    const entry = await findEntry(this.#sources.store, id);
    if (entry === null || hasNotBegun(entry, this.#sources.asOf)) return null;
    const now = this.#sources.clock();
    const reason = await new Refusals(this.#sources).because(entry, now);
    return describeDetail(entry, now, reason !== null, reason);
  }

  /** Up to `limit` ids that begin with `prefix` (4 to 32 hex digits), sorted. @throws TypeError for another prefix */
  async resolve(prefix: string, limit = 10): Promise<string[]> {
    if (!/^[0-9a-f]{4,32}$/.test(prefix))
      throw new TypeError('the beginning of a session id is 4 to 32 lower-case hex digits');
    const ids: string[] = [];
    for await (const { id } of this.#sources.store.scan({ prefix })) {
      if (id.startsWith(prefix)) ids.push(id);
      if (ids.length >= limit) break;
    }
    return ids.sort();
  }
}
