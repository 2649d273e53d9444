import type { Command } from 'commander';
import type { CliContext } from '../../context.js';
import { addWritingOptions } from '../../input/flags.js';
import { PASSWORD_STDIN, type PasswordOptions, readNewPassword } from '../../input/password.js';
import { type ChangeOptions, changeUsers, writeChange } from './change.js';
import { findUser, USER_ARGUMENT } from './user-file.js';

interface PasswdOptions extends ChangeOptions, PasswordOptions {}

export function definePasswd(command: Command, context: CliContext): void {
  addWritingOptions(command)
    .option(...PASSWORD_STDIN)
    .argument(...USER_ARGUMENT)
    .action((nameOrId: string, _options, self: Command) => run(context, nameOrId, self.optsWithGlobals()));
}

async function run(context: CliContext, nameOrId: string, options: PasswdOptions): Promise<void> {
  await changeUsers(context, options, async ({ directory, output, audit }) => {
    const known = await findUser(directory, nameOrId);
    if (options.dryRun) return writeChange(output, known, `Would set a new password for ${known.name}.`);
    const user = await directory.setPassword(known.id, await readNewPassword(context, options));
    audit({ event: 'user-password', user: user.name, userId: user.id });
    const hint = `Sessions go on; 'moin-sessions expire --user-id ${user.id}' ends them.`;
    await writeChange(output, user, `Set a new password for ${user.name}. ${hint}`);
  });
}
