import type { SessionRecord } from '../store/contract.js';
import type { AdminOptions, PurgeReport, SessionAdmin } from './admin.js';
import { matches, type SessionFilter } from './filter.js';
import { stateOf } from './info.js';
import { selectEntries } from './select.js';
import type { AdminDependencies } from './store-admin.js';
import { isDry, type Outcome, purgeReport, type Tally, tallyUp } from './tally.js';

/** The part of the administration that removes records. */
export function removing({ store, users, clock, emit }: AdminDependencies): Pick<SessionAdmin, 'purge'> {
  const sources = { store, users };
  return { purge };

  async function purge(
    which: readonly string[] | (SessionFilter & { all?: boolean }),
    options: AdminOptions = {},
  ): Promise<PurgeReport> {
    const tally = await purgeAny(which, options);
    if (tally.done > 0 && !isDry(options)) emit?.('purged', { count: tally.done });
    return purgeReport(tally, isDry(options));
  }

  function purgeAny(
    which: readonly string[] | (SessionFilter & { all?: boolean }),
    options: AdminOptions,
  ): Promise<Tally> {
    if (Array.isArray(which)) return purgeNamed(which, options);
    const { all, ...filter } = which as SessionFilter & { all?: boolean };
    const conditions = Object.values(filter).filter((condition) => condition !== undefined).length;
    if (conditions === 0 && all !== true)
      throw new TypeError('an empty filter would remove every session: say { all: true }, or name a state');
    const onlyExpired = filter.state === 'expired' && conditions === 1;
    return onlyExpired && !isDry(options) ? purgeExpired(options) : purgeMatching(filter, options);
  }

  function purgeNamed(ids: readonly string[], options: AdminOptions): Promise<Tally> {
    return tallyUp(
      selectEntries(sources, { ids }, clock()),
      ({ id, bytes }) => (isDry(options) ? dry(bytes) : remove(id)),
      options,
    );
  }

  /** What cron does: asks the store what may have expired, without reading the rest. */
  async function purgeExpired(options: AdminOptions): Promise<Tally> {
    const begun = clock();
    const tally = await tallyUp(
      asTargets(store.candidates(begun)),
      ({ id }) => removeExpired(id, begun),
      options,
    );
    await store.sweep(clock());
    return tally;
  }

  /** One that has not expired counts only if it was refreshed since the purge began; else the store had guessed. */
  async function removeExpired(id: string, begun: number): Promise<Outcome> {
    const when = (record: SessionRecord) => stateOf(record, clock()) === 'expired';
    const { removed, record, bytes } = await store.delete(id, { when });
    if (!removed && (record === null || record.seen < begun)) return null;
    return { done: removed, bytes };
  }

  function purgeMatching(filter: SessionFilter, options: AdminOptions): Promise<Tally> {
    const { user: _selected, ...conditions } = filter;
    return tallyUp(
      selectEntries(sources, filter, clock()),
      async ({ id, bytes, record }) => {
        if (record === null) return { done: false, bytes };
        if (isDry(options)) return dry(bytes);
        return remove(id, (current) => matches({ id, bytes, record: current }, conditions, clock()));
      },
      options,
    );
  }

  async function remove(id: string, when?: (record: SessionRecord) => boolean): Promise<Outcome> {
    const { removed, record, bytes } = await store.delete(id, when && { when });
    const isAbsent = !removed && record === null;
    return isAbsent ? null : { done: removed, bytes };
  }
}

async function dry(bytes: number): Promise<Outcome> {
  return { done: true, bytes };
}

async function* asTargets(ids: AsyncIterable<string>): AsyncGenerator<{ id: string }> {
  for await (const id of ids) yield { id };
}
