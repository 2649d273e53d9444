import type { DirectoryUser } from '../../../users/directory.js';
import type { CliContext } from '../../context.js';
import { assertWritableNow, type SiteOptions, type WritingOptions } from '../../input/flags.js';
import type { OutputOptions } from '../../output/output-options.js';
import { RowOutput } from '../../output/row-output.js';
import { changedUserView } from '../../output/users.js';
import { shown } from '../../output/words.js';
import { withAudit } from '../../site/audit.js';
import { siteOptions } from '../../site/site.js';
import type { SiteAudit } from '../../site/site-audit.js';
import { USERS_OF_WIKI, type UserFile, userFileOf } from './user-file.js';

export interface ChangeOptions extends SiteOptions, OutputOptions, WritingOptions {}

/** What a subcommand that changes a user works with. */
export interface UserFileChange extends Pick<SiteAudit, 'audit'> {
  directory: UserFile;
  output: RowOutput<DirectoryUser>;
}

/** Checks the flags of a subcommand that changes users, opens audit log and user file, and does the work. */
export async function changeUserFile(
  context: CliContext,
  options: ChangeOptions,
  work: (change: UserFileChange) => Promise<void>,
): Promise<void> {
  assertWritableNow(options);
  const output = new RowOutput(context, options, changedUserView);
  const site = await siteOptions(context, options, { refusesWiki: USERS_OF_WIKI });
  const directory = await userFileOf(site);
  await withAudit(context, site, options.dryRun !== true, ({ audit }) => work({ directory, output, audit }));
}

/**
 * Writes one sentence for people; for programs, the user after the change.
 * @param user null when there is no user yet, as in a dry run of `add`
 */
export async function writeChange(
  output: RowOutput<DirectoryUser>,
  user: DirectoryUser | null,
  sentence: string,
): Promise<void> {
  if (output.format === 'table' && !output.hasFields) return output.write(`${shown(sentence)}\n`);
  await output.writeRows(user === null ? [] : [user]);
}
