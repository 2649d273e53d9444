import type { DirectoryUser } from '../../../users/directory.js';
import type { CliContext } from '../../context.js';
import { assertWritableNow, type SiteOptions, type WritingOptions } from '../../input/flags.js';
import type { OutputOptions } from '../../output/output-options.js';
import { RowOutput } from '../../output/row-output.js';
import { sanitize } from '../../output/sanitize.js';
import { changedUserView } from '../../output/users.js';
import { openUserFile, type UserFile } from './user-file.js';

export interface ChangeOptions extends SiteOptions, OutputOptions, WritingOptions {}

/** Checks the flags of a subcommand that changes a user, then opens the user file. */
export async function openForChange(
  context: CliContext,
  options: ChangeOptions,
): Promise<{ directory: UserFile; output: RowOutput<DirectoryUser> }> {
  assertWritableNow(options);
  const output = new RowOutput(context, options, changedUserView);
  return { directory: await openUserFile(context, options), output };
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
  if (output.format === 'table') return output.write(`${sanitize(sentence)}\n`);
  await output.writeRows(user === null ? [] : [user]);
}
