import type { Command } from 'commander';
import { newName } from '../../../users/name.js';
import type { CliContext } from '../../context.js';
import { addExamples, addNotes } from '../../help/texts.js';
import { addWritingOptions } from '../../input/flags.js';
import { type ChangeOptions, changeUserFile, writeChange } from './change.js';
import { findUser, USER_ARGUMENT } from './user-file.js';

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

async function run(
  context: CliContext,
  nameOrId: string,
  typed: string,
  options: ChangeOptions,
): Promise<void> {
  await changeUserFile(context, options, async ({ directory, output, audit }) => {
    const name = newName(typed);
    const known = await findUser(directory, nameOrId);
    if (options.dryRun) return writeChange(output, known, `Would rename ${known.name} to ${name}.`);
    const user = await directory.rename(known.id, name);
    audit({ event: 'user-renamed', user: user.name, userId: user.id, reason: `before: ${known.name}` });
    await writeChange(output, user, `Renamed ${known.name} to ${user.name} (id ${user.id}).`);
  });
}
