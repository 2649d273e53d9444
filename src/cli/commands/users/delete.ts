import type { Command } from 'commander';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import { addWritingOptions, REASON } from '../../input/flags.js';
import { changeUsers } from './change-users.js';
import type { UserChange } from './user-change.js';
import { USERS_ARGUMENT } from './user-file.js';
import { type EndingOptions, KEEP_SESSIONS } from './user-site.js';

const remove: UserChange = {
  event: 'user-deleted',
  verb: 'delete',
  past: 'Deleted',
  reason: 'the user was deleted',
  kept: '. The records of the sessions stay, and open nothing.',
  isFinal: true,
  begin: async (directory) => (user) => directory.remove(user.id),
};

const EXAMPLES = `
moin-sessions users delete alice bob
moin-sessions users delete alice --dry-run
`;

export function defineDelete(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addWritingOptions(command)
    .argument(...USERS_ARGUMENT)
    .option(...KEEP_SESSIONS)
    .option(...REASON)
    .action((names: string[], _options, self: Command) =>
      changeUsers(context, remove, names, self.optsWithGlobals<EndingOptions>()),
    );
}
