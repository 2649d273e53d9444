import type { Command } from 'commander';
import { UsageError } from '../../../base/errors.js';
import type { DirectoryUser } from '../../../users/directory.js';
import { newName } from '../../../users/name.js';
import type { CliContext } from '../../context.js';
import { addExamples, addNotes } from '../../help/texts.js';
import { addWritingOptions } from '../../input/flags.js';
import { type ChangeOptions, changeUserFile, writeChange } from './change.js';
import { findUser, USER_ARGUMENT, type UserFile } from './user-file.js';

const EXAMPLES = `
moin-sessions users rename alice alice.miller
`;
const NOTES = 'Id and sessions stay. Sessions show the new name from their next refresh on.';

export function defineRename(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  addWritingOptions(command)
    .argument(...USER_ARGUMENT)
    .argument('<new-name>', 'the new name')
    .action((name: string, newer: string, _options, self: Command) =>
      run(context, name, newer, self.optsWithGlobals()),
    );
}

/** @throws UsageError for a name that `rename` would refuse */
async function assertFree(directory: UserFile, name: string, { id }: DirectoryUser): Promise<void> {
  const namesake = (await directory.findByName(name)) ?? (await directory.findById(name));
  if (namesake === null || (namesake.id === id && name !== id)) return;
  throw new UsageError(`there is a user ${JSON.stringify(name)} already: choose another name`);
}

async function run(
  context: CliContext,
  nameOrId: string,
  typed: string,
  options: ChangeOptions,
): Promise<void> {
  await changeUserFile(context, options, async ({ directory, output, audit }) => {
    const name = newName(typed);
    const known = await findUser(directory, nameOrId);
    if (options.dryRun) {
      await assertFree(directory, name, known);
      return writeChange(output, known, `Would rename ${known.name} to ${name}.`);
    }
    const user = await directory.rename(known.id, name);
    audit({ event: 'user-renamed', user: user.name, userId: user.id, reason: `before: ${known.name}` });
    await writeChange(output, user, `Renamed ${known.name} to ${user.name} (id ${user.id}).`);
  });
}
