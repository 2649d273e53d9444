import type { Command } from 'commander';
import { PartialError, UsageError } from '../../base/errors.js';
import type { SessionFilter } from '../../session/admin/filter.js';
import { type ExportReport, exportSessions } from '../../session/admin/transfer/export.js';
import type { SessionRecord } from '../../store/contract.js';
import type { CliContext } from '../context.js';
import { addExamples, addNotes } from '../help/texts.js';
import type { SiteOptions } from '../input/flags.js';
import { askConsent } from '../output/consent.js';
import { counted, grouped } from '../output/humanize.js';
import { note } from '../output/note.js';
import type { OutputOptions } from '../output/output-options.js';
import { startProgress } from '../output/progress.js';
import { writeReport } from '../output/report-text.js';
import { RowOutput } from '../output/row-output.js';
import { safeJson, sanitize } from '../output/sanitize.js';
import { exportSentence, exportView } from '../output/transfer-report.js';
import { addFilterOptions, assertFilters, type FilterOptions, namesUsers } from '../selection/filters.js';
import { siteFilter } from '../selection/site-filter.js';
import { auditRun } from '../site/audit-run.js';
import { type OpenSite, withSite } from '../site/site.js';
import { failureNotes } from './failures.js';
import { NewFile } from './new-file.js';
import { noteLeavingWiki, timesFor } from './wiki-notes.js';

interface ExportOptions extends SiteOptions, OutputOptions, FilterOptions {
  output?: string;
  yes?: boolean;
}

const EXAMPLES = `
moin-sessions export --output sessions.ndjson            # all sessions, mode 0600
moin-sessions export --user alice --output alice.ndjson  # those of one user
moin-sessions export | gzip > sessions.ndjson.gz
`;

const NOTES = `
The file holds whole records, with all values: keep it as safe as the store. It
holds no token and no secret. Browsers stay logged in after an import if the
other site has the same secret: by the option 'secrets', or 'copy' brings it.

Expired sessions stay behind. Without filters the file also says which sessions
ended within the last hour. 'moin-sessions import' notices a file that was cut.`;

export function defineExport(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  addFilterOptions(command)
    .option('--output <file>', 'write to this file, with mode 0600 (default: stdout)')
    .option('-y, --yes', 'do not ask before a file is replaced')
    .action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: ExportOptions): Promise<void> {
  assertFilters(options);
  if (options.output === undefined) assertPlain(context, options);
  const output = new RowOutput(context, options, exportView);
  if (output.format === 'ids')
    throw new UsageError(
      "export has no format ids: 'moin-sessions list --format ids' takes the same filters",
    );
  const file = options.output === undefined ? null : new NewFile(context, options.output);
  const work = async (site: OpenSite) => {
    const { current, missing } = await siteFilter(context, options, site);
    const filter = current();
    if (file?.isThere) await confirmReplacement(context, file, options);
    const report = await writeTo(context, options, site, filter, file);
    await tell(context, output, report, file);
    assertWhole(report, missing);
  };
  // Whoever takes a copy of all values is in the audit log.
  await withSite(context, options, work, {
    changes: true,
    sight: { needsAll: true, isByUser: namesUsers(options) },
  });
}

/** @param file null for stdout */
function writeTo(
  context: CliContext,
  options: ExportOptions,
  site: OpenSite,
  filter: SessionFilter,
  file: NewFile | null,
): Promise<ExportReport> {
  let done = 0;
  const onProgress = (exported: number) => {
    done = exported;
  };
  return auditRun(context, site, { event: 'exported', done: () => done }, async () => {
    const report =
      file === null
        ? await write(context, options, site, filter, (text) => context.out.write(text), onProgress)
        : await file.fill((add) => write(context, options, site, filter, add, onProgress));
    site.audit({ event: 'exported', count: report.exported });
    return report;
  });
}

/** @throws UsageError for flags that an export on stdout has no use for, or a terminal in place of a file */
function assertPlain({ out }: CliContext, { json, format = 'ndjson', fields }: ExportOptions): void {
  if (json || format !== 'ndjson')
    throw new UsageError(
      'an export is NDJSON: leave out --format; with --output FILE it is the format of the report',
    );
  if (fields !== undefined)
    throw new UsageError('an export holds whole records: leave out --fields, or use list --format ndjson');
  if (out.isTTY)
    throw new UsageError("an export is for a file: add --output FILE, or '> FILE'; inspect shows a session");
}

/** @throws UsageError without a terminal to ask on; MoinSessionsError when the answer is no */
async function confirmReplacement(context: CliContext, file: NewFile, { yes }: ExportOptions): Promise<void> {
  if (yes) return;
  const path = sanitize(file.path);
  await askConsent(
    context,
    `${path} is there already. Replace it?`,
    `${path} is there already: add --yes to replace it, or name another file`,
  );
}

async function write(
  context: CliContext,
  { quiet = false }: ExportOptions,
  site: OpenSite,
  filter: SessionFilter,
  add: (text: string) => Promise<void>,
  onProgress: (exported: number) => void,
): Promise<ExportReport> {
  const progress = startProgress(context, 'Exported', { quiet });
  const times = timesFor(site);
  let shortened = 0;
  const adapt = (record: SessionRecord) => {
    const adapted = times?.adapt(record) ?? record;
    if (times?.hasShortened(record.id)) shortened += 1;
    return adapted;
  };
  try {
    const report = await exportSessions(site, filter, add, {
      toJson: safeJson,
      adapt,
      signal: context.signal,
      onProgress: (exported) => {
        onProgress(exported);
        progress.at(exported);
      },
      onFailure: failureNotes(context, site.store),
    });
    progress.end();
    if (times !== null) await noteLeavingWiki(context, { shortened, dryRun: false, quiet });
    return report;
  } finally {
    progress.end();
  }
}

/** Where stdout is the file, only people are told. */
async function tell(
  context: CliContext,
  output: RowOutput<ExportReport>,
  report: ExportReport,
  file: NewFile | null,
): Promise<void> {
  const sentence = exportSentence(report, file?.path ?? null);
  if (file === null) {
    if (context.err.isTTY && !output.isSilent) await note(context, sentence);
  } else await writeReport(output, report, { done: [], count: report.exported, sentences: [sentence] });
}

/** @throws PartialError when sessions were left out, or users are not known */
function assertWhole({ failed, matched }: ExportReport, missing: number): void {
  const parts = [];
  if (failed > 0) parts.push(`${grouped(failed)} of ${counted(matched, 'session')} could not be read`);
  if (missing > 0) parts.push(`${grouped(missing)} of what was named was not found`);
  if (parts.length > 0) throw new PartialError(`${parts.join(' and ')}, as said above`);
}
