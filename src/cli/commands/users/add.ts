import type { Command } from 'commander';
import { UsageError } from '../../../base/errors.js';
import { assertFieldNames } from '../../../users/fields.js';
import { newName } from '../../../users/name.js';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import { addWritingOptions } from '../../input/flags.js';
import { unlessTypeError } from '../../input/json-value.js';
import { gather } from '../../input/parse.js';
import { PASSWORD_STDIN, type PasswordOptions, readNewPassword } from '../../input/password.js';
import { type ChangeOptions, changeUserFile, writeChange } from './change.js';
import { fieldsGiven } from './fields.js';

interface AddOptions extends ChangeOptions, PasswordOptions {
  field?: string[];
}

const EXAMPLES = `
moin-sessions users add alice  # asks for the password, twice
moin-sessions users add alice --password-stdin < secret.txt
moin-sessions users add alice --dry-run
`;

export function defineAdd(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addWritingOptions(command)
    .option(...PASSWORD_STDIN)
    .option('--field <name=text>', "a field of the site's own, such as locale=de; repeatable", gather)
    .argument('<name>', 'name of the new user')
    .action((name: string, _options, self: Command) => run(context, name, self.optsWithGlobals()));
}

async function run(context: CliContext, typed: string, options: AddOptions): Promise<void> {
  const fields = fieldsGiven(options.field ?? []);
  await unlessTypeError(async () => assertFieldNames(Object.keys(fields)));
  await changeUserFile(context, options, async ({ directory, output, audit }) => {
    const name = newName(typed);
    if ((await directory.findByName(name)) !== null)
      throw new UsageError(`there is a user '${name}' already: choose another name, or use 'users passwd'`);
    if (options.dryRun) return writeChange(output, null, `Would add ${name}.`);
    const user = await directory.add(name, await readNewPassword(context, options), fields);
    audit({ event: 'user-added', user: user.name, userId: user.id });
    await writeChange(output, user, `Added ${user.name} (id ${user.id}).`);
  });
}
