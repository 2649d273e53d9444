import type { Command } from 'commander';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import { addWritingOptions } from '../../input/flags.js';
import { type ChangeOptions, openForChange, writeChange } from './change.js';
import { findUser, USER_ARGUMENT } from './user-file.js';

/** The differences between `disable` and `enable`. */
interface Switch {
  disabled: boolean;
  verb: string;
  past: string;
  examples: string;
}

const DISABLE = `
moin-sessions users disable alice            # no login, and every session refused
moin-sessions users disable alice --dry-run
`;

const ENABLE = `
moin-sessions users enable alice
`;

export function defineDisable(command: Command, context: CliContext): void {
  define(command, context, { disabled: true, verb: 'disable', past: 'Disabled', examples: DISABLE });
}

export function defineEnable(command: Command, context: CliContext): void {
  define(command, context, { disabled: false, verb: 'enable', past: 'Enabled', examples: ENABLE });
}

function define(command: Command, context: CliContext, change: Switch): void {
  addExamples(command, change.examples);
  addWritingOptions(command)
    .argument(...USER_ARGUMENT)
    .action((nameOrId: string, _options, self: Command) =>
      run(context, change, nameOrId, self.optsWithGlobals()),
    );
}

async function run(
  context: CliContext,
  { disabled, verb, past }: Switch,
  nameOrId: string,
  options: ChangeOptions,
): Promise<void> {
  const { directory, output } = await openForChange(context, options);
  const known = await findUser(directory, nameOrId);
  if (options.dryRun) return writeChange(output, known, `Would ${verb} ${known.name}.`);
  const user = await directory.setDisabled(known.id, disabled);
  await writeChange(output, user, `${past} ${user.name}.`);
}
