import { MoinSessionsError, PartialError, StoreError } from '../../../base/errors.js';
import type { SessionsOptions } from '../../../config/options.js';
import type { WikiUser } from '../../../moin/users/user.js';
import type { ImportedUser, UserToImport } from '../../../users/import-verdict.js';
import type { CliContext } from '../../context.js';
import { counted } from '../../output/humanize.js';
import { GOES_ON, reportInterruption } from '../../output/interruption.js';
import { note } from '../../output/note.js';
import { startProgress } from '../../output/progress.js';
import type { RowOutput } from '../../output/row-output.js';
import type { ImportedRow } from '../../output/users.js';
import { importSentences } from '../../output/users-import.js';
import { shown } from '../../output/words.js';
import type { SiteAudit } from '../../site/site-audit.js';
import type { ChangeOptions } from './change.js';
import { confirmImport } from './confirm-import.js';
import type { UserFile } from './user-file.js';
import { toImport, USUAL_FIELDS } from './wiki-users.js';

export interface ImportMoinOptions extends ChangeOptions {
  /** The fields to take along. Default: `USUAL_FIELDS`. */
  field?: string[];
  /** Names or ids of users of the wiki. Default: all. */
  user?: string[];
}

/** One run of the command. */
export interface ImportRun extends Pick<SiteAudit, 'audit'> {
  context: CliContext;
  options: ImportMoinOptions;
  directory: UserFile;
  site: SessionsOptions;
  /** Of the wiki's users. */
  folder: string;
}

/**
 * Imports users of a wiki, after a question if need be. Names on stderr who does not come along.
 * @throws StoreError when nobody came along or was here; PartialError when some did not
 */
export async function importWikiUsers(
  run: ImportRun,
  chosen: readonly WikiUser[],
  { output, missing }: { output: RowOutput<ImportedRow>; missing: number },
): Promise<void> {
  const { context, options, directory, site, folder } = run;
  const { dryRun = false, yes = false, field = USUAL_FIELDS } = options;
  const users = chosen.filter(isReadable).map((user) => toImport(user, field));
  const planned: ImportedUser[] = [];
  for await (const user of directory.importMoinUsers(users, { dryRun: true })) planned.push(user);
  await confirmImport(context, planned, { directory, site, isAsked: !dryRun && !yes });
  const { results, fault } = dryRun ? { results: planned, fault: null } : await importAll(run, users);
  const rows = [
    ...chosen.filter((user) => !isReadable(user)).map((user) => unreadable(user, dryRun)),
    ...results.map((user) => ({ ...user, dryRun })),
  ];
  const failed = rows.filter(isFailed);
  for (const { name, id, reason } of failed) await note(context, `${name === '' ? id : name}: ${reason}`);
  await writeRows(output, rows, folder);
  if (fault !== null) throw fault;
  assertAll(rows.length, failed.length, missing);
}

/** A table and what it comes to; ids and counts are of those who came along. */
async function writeRows(
  output: RowOutput<ImportedRow>,
  rows: readonly ImportedRow[],
  folder: string,
): Promise<void> {
  const isShort = output.format === 'ids' || output.format === 'count';
  const isForPeople = output.format === 'table' && !output.hasFields;
  const shownRows = isForPeople ? rows.map(withoutFailure) : rows;
  if (!isForPeople || rows.length > 0)
    await output.writeRows(isShort ? rows.filter(({ result }) => result === 'imported') : shownRows);
  if (isForPeople)
    await output.write(
      importSentences(rows, folder)
        .map((text) => `${shown(text)}\n`)
        .join(''),
    );
}

/** A row without the sentence that stands on stderr. */
function withoutFailure(row: ImportedRow): ImportedRow {
  return isFailed(row) ? { ...row, reason: null } : row;
}

function isFailed({ result }: ImportedUser): boolean {
  return result === 'conflict' || result === 'refused';
}

/** Imports with progress, and notes each user in the audit log. `fault` stopped it early. */
async function importAll(
  { context, options: { quiet = false }, directory, audit, folder }: ImportRun,
  users: readonly UserToImport[],
): Promise<{ results: ImportedUser[]; fault: MoinSessionsError | null }> {
  const total = users.length;
  const progress = startProgress(context, 'Imported', { quiet, total, noun: 'user' });
  const results: ImportedUser[] = [];
  const forget = reportInterruption(context, () => {
    progress.end();
    const done = results.filter(({ result }) => result === 'imported').length;
    return { past: 'Imported', done, noun: 'user', total, isAtLeast: true, advice: GOES_ON };
  });
  try {
    for await (const user of directory.importMoinUsers(users, { allCores: true })) {
      results.push(user);
      if (user.result === 'imported')
        audit({ event: 'user-imported', user: user.name, userId: user.id, reason: `from ${folder}` });
      progress.at(results.length);
    }
    return { results, fault: null };
  } catch (error) {
    if (!(error instanceof MoinSessionsError)) throw error;
    return { results, fault: error };
  } finally {
    progress.end();
    forget();
  }
}

/** A file that cannot be read gives no lines. */
function isReadable({ fields }: WikiUser): boolean {
  return fields.size > 0;
}

function unreadable({ id, name, disabled }: WikiUser, dryRun: boolean): ImportedRow {
  const reason = 'the file of this user is empty or cannot be read: mend it, and run this again';
  return { id, name, disabled, scheme: null, hasPassword: false, result: 'refused', reason, dryRun };
}

/** @throws StoreError when nobody came along or was here; PartialError when some did not, or were not found */
function assertAll(total: number, failed: number, missing: number): void {
  if (failed > 0 && failed === total && missing === 0)
    throw new StoreError(`${counted(failed, 'user')} failed, as said above`);
  const parts = [];
  if (failed > 0) parts.push(`${counted(failed, 'user')} failed`);
  if (missing > 0) parts.push(`${counted(missing, 'user')} not found`);
  if (parts.length > 0) throw new PartialError(`${parts.join(' and ')}, as said above`);
}
