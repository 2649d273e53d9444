import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { errorCode, UsageError } from '../../base/errors.js';
import type { OnConflict } from '../../session/admin/copy/put-record.js';
import type { CopyReport } from '../../session/admin/report.js';
import { ExportFile } from '../../session/admin/transfer/export-file.js';
import { holdsRecords } from '../../store/holds-records.js';
import type { CliContext } from '../context.js';
import { addExamples, addNotes } from '../help/texts.js';
import { addWritingOptions, assertWritableNow } from '../input/flags.js';
import { askConsent } from '../output/consent.js';
import { grouped } from '../output/humanize.js';
import { reportInterruption } from '../output/interruption.js';
import { writeReport } from '../output/report-text.js';
import { RowOutput } from '../output/row-output.js';
import { sanitize } from '../output/sanitize.js';
import { importSentences, importView } from '../output/transfer-report.js';
import { refuseWiki, withSite } from '../site/site.js';
import { IdList } from '../sort/id-list.js';
import { assertWhole } from './failures.js';
import { type ImportOptions, type ImportRun, importRecords } from './import-records.js';
import { NO_SESSIONS_INTO_WIKI } from './wiki-notes.js';

const EXAMPLES = `
moin-sessions import sessions.ndjson --dry-run  # what would happen?
moin-sessions import sessions.ndjson
moin-sessions import sessions.ndjson --yes      # goes on after an interruption
moin-sessions import sessions.ndjson --store file:/srv/new
`;

const NOTES = `
The whole file is checked before anything is written. It is read several times,
so it must be a file: stdin would have to be put aside first, and the values of
sessions must not lie in a common temporary folder.

Import only what you trust: whoever wrote the file decides who is logged in. An
old file brings back sessions that have ended since, unless the store still
knows. Browsers stay logged in if this site has the secret of the other one: by
the option 'secrets', or 'copy' brings it. The file does not hold it.`;

/** How a file of gzip begins (RFC 1952, 2.3.1). */
const GZIP = Buffer.from([0x1f, 0x8b]);

export function defineImport(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  addWritingOptions(command)
    .argument('<file>', "a file that 'moin-sessions export' wrote")
    .addOption(
      new Option('--on-conflict <which>', 'which record stays if the store has the session, too')
        .choices(['skip', 'replace', 'newer'] satisfies OnConflict[])
        .default('newer'),
    )
    .action((name: string, _options, self: Command) => run(context, name, self.optsWithGlobals()));
}

async function run(context: CliContext, name: string, options: ImportOptions): Promise<void> {
  assertWritableNow(options);
  await refuseWiki(context, options, NO_SESSIONS_INTO_WIKI);
  const output = new RowOutput(context, options, importView);
  const fd = openFile(context, name);
  try {
    const file = new ExportFile(fd, name);
    const forget = reportInterruption(context, () => ({ past: 'Imported', done: 0, dryRun: true }));
    const ids = await file.check();
    context.signal.throwIfAborted();
    forget();
    const how = {
      readOnly: options.dryRun === true,
      mayBeMissing: 'any' as const,
      refusesWiki: NO_SESSIONS_INTO_WIKI,
    };
    await withSite(
      context,
      options,
      (site) => importInto({ context, options, site, file, ids }, output),
      how,
    );
  } finally {
    closeSync(fd);
  }
}

async function importInto(run: ImportRun, output: RowOutput<CopyReport>): Promise<void> {
  await confirmImport(run);
  const doneIds = output.format === 'ids' ? new IdList() : null;
  const { report, fault } = await importRecords(run, doneIds);
  const count = report.copied + report.replaced;
  const sentences = importSentences(report, run.site.store.location);
  await writeReport(output, report, { done: doneIds ?? [], count, sentences });
  if (fault !== null) throw fault;
  assertWhole(report, 0);
}

/** @throws UsageError when it is no file that can be read */
function openFile({ cwd }: CliContext, name: string): number {
  if (name === '-')
    throw new UsageError(
      "import reads its file several times, so it takes no stdin: save it first, as 'umask 077; cat > FILE' does",
    );
  const fd = trying(name, () =>
    // Without waiting for the writer of a pipe.
    openSync(resolve(cwd, name), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)),
  );
  const flaw = flawOf(fd);
  if (flaw === null) return fd;
  closeSync(fd);
  throw new UsageError(`${name} ${flaw}`);
}

/** What is wrong with the open file at first sight, or null. */
function flawOf(fd: number): string | null {
  if (!fstatSync(fd).isFile()) return "is no file: name one that 'moin-sessions export' wrote";
  const beginning = Buffer.alloc(GZIP.length);
  readSync(fd, beginning, 0, GZIP.length, 0);
  return beginning.equals(GZIP) ? 'is compressed: gunzip it first' : null;
}

function trying<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError(`cannot read ${name} (${errorCode(error)}): check its name and permissions`, {
      cause: error,
    });
  }
}

/** Asks before the command adds to sessions that are there. @throws UsageError without a terminal to ask on */
async function confirmImport({ context, options, site: { store }, ids }: ImportRun): Promise<void> {
  if (options.dryRun || options.yes || ids.size === 0 || !(await holdsRecords(store))) return;
  const place = sanitize(store.location);
  await askConsent(
    context,
    `${place} holds sessions. Import ${grouped(ids.size)} into it?`,
    `${place} holds sessions: add --yes to import more, or look first with --dry-run`,
  );
}
