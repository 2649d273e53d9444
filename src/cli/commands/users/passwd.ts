import type { Command } from 'commander';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import { addWritingOptions, REASON } from '../../input/flags.js';
import { PASSWORD_STDIN, type PasswordOptions, readNewPassword } from '../../input/password.js';
import { changeUsers } from './change-users.js';
import type { UserChange } from './user-change.js';
import { USER_ARGUMENT } from './user-file.js';
import { type EndingOptions, KEEP_SESSIONS } from './user-site.js';

interface PasswdOptions extends EndingOptions, PasswordOptions {}

const EXAMPLES = `
moin-sessions users passwd alice  # asks for the password, twice
moin-sessions users passwd alice --password-stdin < secret.txt
`;

export function definePasswd(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addWritingOptions(command)
    .option(...PASSWORD_STDIN)
    .option(...KEEP_SESSIONS)
    .option(...REASON)
    .argument(...USER_ARGUMENT)
    .action((name: string, _options, self: Command) => run(context, name, self.optsWithGlobals()));
}

function run(context: CliContext, name: string, options: PasswdOptions): Promise<void> {
  const passwd: UserChange = {
    event: 'user-password',
    verb: 'set a new password for',
    past: 'Set a new password for',
    reason: 'the password was changed',
    kept: '. The sessions go on.',
    async begin(directory) {
      const password = await readNewPassword(context, options);
      return (user) => directory.setPassword(user.id, password);
    },
  };
  return changeUsers(context, passwd, [name], options);
}
