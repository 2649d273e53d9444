import { bare } from '../../base/own.js';
import type { SessionRecord } from '../../store/contract.js';
import type { AdminOptions, PurgeReport, SessionAdmin } from './admin.js';
import { isDry, type Outcome, purgeReport, runBulk, type Tally } from './bulk.js';
import type { SessionFilter } from './filter.js';
import { assertEndingFilter, assertIds, type EndingFilter } from './filter-check.js';
import { stateOf } from './info.js';
import { Selection } from './select.js';
import type { AdminDependencies } from './store-admin.js';

/** The part of the administration that removes records. */
export function removing({ clock, emit, ...sources }: AdminDependencies): Pick<SessionAdmin, 'purge'> {
  const { store } = sources;
  return { purge };

  async function purge(
    which: readonly string[] | EndingFilter,
    options: AdminOptions = {},
  ): Promise<PurgeReport> {
    const given = bare(options);
    const tally = await purgeAny(which, given);
    if (tally.done > 0 && !isDry(given)) emit?.('purged', { count: tally.done });
    return purgeReport(tally, isDry(given));
  }

  async function purgeAny(which: readonly string[] | EndingFilter, options: AdminOptions): Promise<Tally> {
    if (Array.isArray(which)) return purgeNamed(which, options);
    assertEndingFilter('remove', which);
    const { all: _meant, ...conditions } = which;
    const filter = bare(conditions);
    const onlyExpired = filter.state === 'expired' && Object.keys(filter).length === 1;
    return onlyExpired && !isDry(options) ? purgeExpired(options) : purgeMatching(filter, options);
  }

  function purgeNamed(ids: readonly string[], options: AdminOptions): Promise<Tally> {
    assertIds(ids);
    return runBulk(
      new Selection(sources, bare({ ids })).entries(clock()),
      ({ id, bytes }) => (isDry(options) ? dry(bytes) : remove(id)),
      options,
    );
  }

  /** What cron does: asks the store what may have expired, without reading the rest. */
  async function purgeExpired(options: AdminOptions): Promise<Tally> {
    const begun = clock();
    const tally = await runBulk(
      asTargets(store.expiryCandidates(begun)),
      ({ id }) => removeExpired(id, begun),
      options,
    );
    if (tally.fault === null) await store.sweep(clock());
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
    const selection = new Selection(sources, filter);
    return runBulk(
      selection.entries(clock()),
      async ({ id, bytes, record }) => {
        if (record === null) return { done: false, bytes };
        if (isDry(options)) return dry(bytes);
        return remove(id, (current) => selection.stillMeans({ id, bytes, record: current }, clock()));
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
