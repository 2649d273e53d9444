import { type Command, Option } from 'commander';
import { MoinSessionsError } from '../../base/errors.js';
import { StoppedError } from '../../session/admin/bulk.js';
import { assertDistinct } from '../../session/admin/copy/distinct.js';
import type { OnConflict } from '../../session/admin/copy/put-record.js';
import type { CopyReport } from '../../session/admin/report.js';
import type { SessionStore } from '../../store/contract.js';
import { holdsRecords } from '../../store/holds-records.js';
import type { CliContext } from '../context.js';
import { addExamples, addNotes } from '../help/texts.js';
import { addWritingOptions, assertWritableNow } from '../input/flags.js';
import { askConsent } from '../output/consent.js';
import { type CopyResult, copySentences, copyView } from '../output/copy-report.js';
import { writeReport } from '../output/report-text.js';
import { RowOutput } from '../output/row-output.js';
import { sanitize } from '../output/sanitize.js';
import {
  addFilterOptions,
  assertFilters,
  assertOne,
  givenFilters,
  namesUsers,
} from '../selection/filters.js';
import { siteFilter } from '../selection/site-filter.js';
import { auditRun } from '../site/audit-run.js';
import { type OpenSite, withSite } from '../site/site.js';
import { assertTarget, withTarget } from '../site/target.js';
import { IdList } from '../sort/id-list.js';
import { type CopyCommandOptions, type CopyRun, copyRecords } from './copy-records.js';
import { noteUnderWay, secretFor } from './copy-secret.js';
import { assertWhole } from './failures.js';

const EXAMPLES = `
moin-sessions copy --to file:/srv/app/sessions --dry-run  # what would happen?
moin-sessions copy --to file:/srv/app/sessions
moin-sessions copy --to file:/srv/app/sessions --yes      # goes on with it
moin-sessions copy --to file:/srv/app/sessions --user alice
moin-sessions copy --to redis://redis.internal --mirror   # the last one
`;

const NOTES = `
Records are copied as they are; expired ones stay behind. What has ended in the
store is ended in the target, too. The secret that the store keeps comes along,
so browsers stay logged in. Users are not copied: they are in the user file.

Servers may go on writing meanwhile. To move for good, stop them, copy once
more with --mirror, and start them with the new store. Without --mirror, a
session that ended and was purged between two copies stays open in the target.`;

export function defineCopy(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  addFilterOptions(addWritingOptions(command))
    .requiredOption(
      '--to <where>',
      "the store to copy to: 'file:DIR', a path, or 'redis://HOST'; it may be new",
    )
    .addOption(
      new Option('--on-conflict <which>', 'which record stays if the target has the session, too')
        .choices(['skip', 'replace', 'newer'] satisfies OnConflict[])
        .default('newer'),
    )
    .option('--mirror', 'end sessions of the target that are not open here; for all sessions only')
    .option('--no-secret', 'do not bring the secret of the store along')
    .action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: CopyCommandOptions): Promise<void> {
  assertWritableNow(options);
  assertFilters(options);
  if (options.mirror) assertOne(['--mirror', ...givenFilters(options).slice(0, 1)]);
  assertTarget(options.to);
  const output = new RowOutput(context, options, copyView);
  const how = { where: options.to, readOnly: options.dryRun === true };
  const copyTo = (site: OpenSite) =>
    withTarget(context, site, how, async (target) => {
      const { current, missing } = await siteFilter(context, options, site);
      const doneIds = output.format === 'ids' ? new IdList() : null;
      const { result, fault } = await copy({ context, options, site, target, filter: current() }, doneIds);
      const places = { from: site.store.location, to: target.location, isMirror: options.mirror === true };
      const { copied, replaced } = result;
      const sentences = copySentences(result, places);
      await writeReport(output, result, { done: doneIds ?? [], count: copied + replaced, sentences });
      if (fault !== null) throw fault;
      assertWhole(result, missing);
    });
  await withSite(context, options, copyTo, {
    changes: !how.readOnly,
    sight: { needsAll: true, isByUser: namesUsers(options) },
  });
}

/** @returns the result; `fault` is the error that stopped the copy early, or null */
async function copy(
  run: CopyRun,
  doneIds: IdList | null,
): Promise<{ result: CopyResult; fault: StoppedError<CopyReport> | null }> {
  if (run.options.mirror && !run.options.dryRun) await assertNotEmpty(run.site.store);
  // A target that refuses the secret does so before anybody is asked, and before anything is written.
  const foreseen = await secretFor(run, true);
  await confirmCopy(run);
  if (!run.options.dryRun) await assertDistinct(run.site.store, run.target);
  if (run.options.dryRun) return copyWith(run, foreseen, (id) => doneIds?.add(id));
  const { context, site } = run;
  let done = 0;
  return auditRun(context, site, { event: 'copied', done: () => done }, async () => {
    const secret = await secretFor(run, false);
    if (secret !== null) await noteUnderWay(run);
    const copied = await copyWith(run, secret, (id) => {
      done += 1;
      doneIds?.add(id);
    });
    const { result, fault } = copied;
    const count = result.copied + result.replaced + result.ended;
    site.audit({ event: 'copied', count, ...(fault !== null && { reason: 'failed' }) });
    return copied;
  });
}

async function copyWith(
  run: CopyRun,
  secret: CopyResult['secret'],
  onDone: (id: string) => void,
): Promise<{ result: CopyResult; fault: StoppedError<CopyReport> | null }> {
  try {
    return { result: { ...(await copyRecords(run, onDone)), secret }, fault: null };
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    return { result: { ...error.report, secret }, fault: error };
  }
}

/** @throws MoinSessionsError for a store without sessions: to mirror it would end all of the target's */
async function assertNotEmpty(source: SessionStore): Promise<void> {
  if (await holdsRecords(source)) return;
  throw new MoinSessionsError(
    `${source.location} holds no session, so --mirror would end every session of the target: see that it is the right one, and mounted; or purge the target instead`,
  );
}

/** Asks before the command adds to sessions that are there. @throws UsageError without a terminal to ask on */
async function confirmCopy({ context, site, target, options }: CopyRun): Promise<void> {
  if (options.dryRun || options.yes || !(await holdsRecords(target))) return;
  const [from, to] = [site.store.location, target.location].map(sanitize);
  const ends = options.mirror ? `, and end those that are not open in ${from}` : '';
  await askConsent(
    context,
    `${to} holds sessions. Copy more into it${ends}?`,
    `${to} holds sessions: add --yes to copy more, or look first with --dry-run`,
  );
}
