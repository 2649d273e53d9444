import type { Command } from 'commander';
import type { CliContext } from '../../context.js';
import { addWritingOptions } from '../../input/flags.js';
import { type ChangeOptions, changeUsers, writeChange } from './change.js';
import { findUser, USER_ARGUMENT } from './user-file.js';

/** The differences between `disable` and `enable`. */
interface Switch {
  disabled: boolean;
  verb: string;
  past: string;
}

export function defineDisable(command: Command, context: CliContext): void {
  define(command, context, { disabled: true, verb: 'disable', past: 'Disabled' });
}

export function defineEnable(command: Command, context: CliContext): void {
  define(command, context, { disabled: false, verb: 'enable', past: 'Enabled' });
}

function define(command: Command, context: CliContext, change: Switch): void {
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
  await changeUsers(context, options, async ({ directory, output, audit }) => {
    const known = await findUser(directory, nameOrId);
    if (options.dryRun) return writeChange(output, known, `Would ${verb} ${known.name}.`);
    const user = await directory.setDisabled(known.id, disabled);
    audit({ event: disabled ? 'user-disabled' : 'user-enabled', user: user.name, userId: user.id });
    await writeChange(output, user, `${past} ${user.name}.`);
  });
}
