import type { Command } from 'commander';
import { UsageError } from '../../../base/errors.js';
import { newName } from '../../../users/name.js';
import type { CliContext } from '../../context.js';
import { addWritingOptions } from '../../input/flags.js';
import { PASSWORD_STDIN, type PasswordOptions, readNewPassword } from '../../input/password.js';
import { type ChangeOptions, changeUsers, writeChange } from './change.js';

interface AddOptions extends ChangeOptions, PasswordOptions {}

export function defineAdd(command: Command, context: CliContext): void {
  addWritingOptions(command)
    .option(...PASSWORD_STDIN)
    .argument('<name>', 'name of the new user')
    .action((name: string, _options, self: Command) => run(context, name, self.optsWithGlobals()));
}

async function run(context: CliContext, typed: string, options: AddOptions): Promise<void> {
  await changeUsers(context, options, async ({ directory, output, audit }) => {
    const name = newName(typed);
    if ((await directory.findByName(name)) !== null)
      throw new UsageError(`there is a user '${name}' already: choose another name, or use 'users passwd'`);
    if (options.dryRun) return writeChange(output, null, `Would add ${name}.`);
    const user = await directory.add(name, await readNewPassword(context, options));
    audit({ event: 'user-added', user: user.name, userId: user.id });
    await writeChange(output, user, `Added ${user.name} (id ${user.id}).`);
  });
}
