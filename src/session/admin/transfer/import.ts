import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreError } from '../../../base/errors.js';
import type { IdSet } from '../../../base/id-set.js';
import type { SessionStore } from '../../../store/contract.js';
import { stateOf } from '../../lifecycle/state.js';
import { copyReport, isDry } from '../bulk.js';
import { type OnConflict, putInto, wouldPutInto } from '../copy/put-record.js';
import type { AdminOptions, CopyReport } from '../report.js';
import { runAtOnce } from '../run-bulk.js';
import type { Outcome, Tally } from '../tally.js';
import type { ExportFile } from './export-file.js';
import type { Item } from './format.js';

export interface ImportOptions extends AdminOptions {
  /** As for a copy. Default `newer`. */
  onConflict?: OnConflict;
}

interface Target {
  store: SessionStore;
  /** The time in ms. */
  now: () => number;
}

/** How many sessions are looked for until other work gets its turn. */
const PAUSE_AFTER = 200;

type Counts = Pick<CopyReport, 'copied' | 'replaced' | 'expired' | 'ended' | 'unverified'>;

/**
 * Imports the content of a file. First ends what has ended where the file comes from (I2), then writes the sessions as they are, but
 * for those that have expired since, and then looks for each of them in the store. May be repeated, also after an interruption.
 * @param ids what `file.check()` gave
 * @throws StoppedError when the store failed; MoinSessionsError when the file has changed since the check
 */
export async function importSessions(
  file: ExportFile,
  ids: IdSet,
  target: Target,
  options: ImportOptions,
): Promise<CopyReport> {
  const dry = isDry(options);
  const counts: Counts = { copied: 0, replaced: 0, expired: 0, ended: 0, unverified: 0 };
  const { onFailure, signal } = options;
  const quiet = { ...(onFailure && { onFailure }), ...(signal && { signal }) };
  const ends = await runAtOnce(tombstonesIn(file), (one) => end(target, one, dry), quiet);
  counts.ended = ends.done;
  let verified = 0;
  if (ends.fault !== null) return copyReport(ends, counts, 0, dry);
  const tally = await runAtOnce(sessionsIn(file), putAction(target, ids, counts, options), options);
  addFailures(tally, counts, ends);
  if (!dry && tally.fault === null) {
    const looks = await runAtOnce(unmarked(ids), (one) => verify(target, one.id), quiet);
    addFailures(tally, counts, looks);
    verified = looks.done;
  }
  return copyReport(tally, counts, verified, dry);
}

/** An end that is over counts only for a session that is there. */
async function end(
  { store, now }: Target,
  { id, tombstone }: Extract<Item, { tombstone: unknown }>,
  dry: boolean,
): Promise<Outcome> {
  if (dry || tombstone.until <= now()) {
    const isThere = (await store.find(id)) !== null;
    if (dry || !isThere) return { done: isThere, bytes: 0 };
  }
  const { removed } = await store.delete(id, { tombstone, keepUnreadable: true });
  return { done: removed, bytes: 0 };
}

function putAction(
  { store, now }: Target,
  ids: IdSet,
  counts: Counts,
  { onConflict = 'newer', dryRun }: ImportOptions,
): (item: { id: string } & Extract<Item, { session: unknown }>) => Promise<Outcome> {
  const put = dryRun ? wouldPutInto(store) : putInto(store);
  return async ({ id, session }) => {
    const bytes = Buffer.byteLength(JSON.stringify(session));
    if (session.ended === null && stateOf(session, now()) === 'expired') {
      counts.expired += 1;
      // Nothing to look for at the end.
      ids.mark(id);
      return { done: false, bytes };
    }
    const outcome = await put(session, onConflict);
    const done = outcome === 'copied' || outcome === 'replaced';
    if (done) counts[outcome] += 1;
    return { done, bytes };
  };
}

/** What was ended in the store meanwhile is not lost. */
async function verify({ store }: Target, id: string): Promise<Outcome> {
  if ((await store.find(id)) !== null) return { done: true, bytes: 0 };
  if ((await store.tombstone(id)) !== null) return null;
  throw new StoreError(
    `session ${id} was imported, and ${store.location} does not have it: see that it has room, and import again`,
  );
}

function addFailures(tally: Tally, counts: Counts, { failed, fault, unreported }: Tally): void {
  counts.unverified += failed;
  tally.fault ??= fault;
  tally.unreported ??= unreported;
}

async function* tombstonesIn(file: ExportFile) {
  for await (const item of file.items()) if ('tombstone' in item) yield item;
}

async function* sessionsIn(file: ExportFile) {
  for await (const item of file.items()) if ('session' in item) yield { id: item.session.id, ...item };
}

async function* unmarked(ids: IdSet): AsyncGenerator<{ id: string }> {
  let count = 0;
  for (const id of ids.unmarked()) {
    yield { id };
    count += 1;
    // A store that answers at once would leave no turn to a signal.
    if (count % PAUSE_AFTER === 0) await nextTurn();
  }
}
