import type { Command } from 'commander';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import { addWritingOptions, REASON } from '../../input/flags.js';
import { changeUsers } from './change-users.js';
import type { UserChange } from './user-change.js';
import { USERS_ARGUMENT } from './user-file.js';
import { type EndingOptions, KEEP_SESSIONS } from './user-site.js';

const disable: UserChange = {
  event: 'user-disabled',
  verb: 'disable',
  past: 'Disabled',
  reason: 'the user was disabled',
  kept: '. The sessions stay; they are refused, and enable ends them.',
  begin: async (directory) => (user) => directory.setDisabled(user.id, true),
};

/**
 * A session from before the user was disabled, kept with `--keep-sessions` or by whoever edited the file, would open again. So it
 * ends first, and there is no flag to revive it.
 */
const enable: UserChange = {
  event: 'user-enabled',
  verb: 'enable',
  past: 'Enabled',
  reason: 'it began before the user was disabled',
  kept: '',
  endsFirst: true,
  isDone: ({ disabled }) => (disabled ? null : 'is not disabled: nothing to do'),
  begin: async (directory) => (user) => directory.setDisabled(user.id, false),
};

const DISABLE = `
moin-sessions users disable alice bob        # no login, and every session ended
moin-sessions users disable alice --dry-run
moin-sessions users disable alice --reason 'left the company'
`;

const ENABLE = `
moin-sessions users enable alice
`;

export function defineDisable(command: Command, context: CliContext): void {
  define(command, context, disable)
    .option(...KEEP_SESSIONS)
    .option(...REASON);
  addExamples(command, DISABLE);
}

export function defineEnable(command: Command, context: CliContext): void {
  define(command, context, enable);
  addExamples(command, ENABLE);
}

function define(command: Command, context: CliContext, change: UserChange): Command {
  return addWritingOptions(command)
    .argument(...USERS_ARGUMENT)
    .action((names: string[], _options, self: Command) =>
      changeUsers(context, change, names, self.optsWithGlobals<EndingOptions>()),
    );
}
