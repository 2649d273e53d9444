import type { Command } from 'commander';
import { UsageError } from '../../../base/errors.js';
import { assertFieldNames, type FieldChanges } from '../../../users/fields.js';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import { addWritingOptions } from '../../input/flags.js';
import { JSON_HELP, readJson, unlessTypeError } from '../../input/json-value.js';
import { type ChangeOptions, changeUserFile, writeChange } from './change.js';
import { findUser, USER_ARGUMENT } from './user-file.js';

/** The argument that names a field of a user. */
const FIELD_ARGUMENT = ['<field>', "a field of the site's own, such as roles"] as const;

const SET = `
moin-sessions users set alice roles '["editor"]'
moin-sessions users set alice locale '"de"'  # a text has quotes of its own
`;

const UNSET = `
moin-sessions users unset alice roles
`;

export function defineSet(command: Command, context: CliContext): void {
  addExamples(command, SET);
  addWritingOptions(command)
    .argument(...USER_ARGUMENT)
    .argument(...FIELD_ARGUMENT)
    .argument('<json>', JSON_HELP)
    .action(async (name: string, field: string, json: string, _options, self: Command) =>
      run(context, name, { field, json }, self.optsWithGlobals()),
    );
}

export function defineUnset(command: Command, context: CliContext): void {
  addExamples(command, UNSET);
  addWritingOptions(command)
    .argument(...USER_ARGUMENT)
    .argument(...FIELD_ARGUMENT)
    .action((name: string, field: string, _options, self: Command) =>
      run(context, name, { field, json: null }, self.optsWithGlobals()),
    );
}

/** @param change `json` null: the field goes */
async function run(
  context: CliContext,
  nameOrId: string,
  { field, json }: { field: string; json: string | null },
  options: ChangeOptions,
): Promise<void> {
  await unlessTypeError(async () => assertFieldNames([field]));
  await changeUserFile(context, options, async ({ directory, output, audit }) => {
    const known = await findUser(directory, nameOrId);
    const changes: FieldChanges = { [field]: json === null ? undefined : await readJson(context, json) };
    const what = `${json === null ? 'remove' : 'set'} the field ${field} of ${known.name}`;
    if (options.dryRun) return writeChange(output, known, `Would ${what}.`);
    const user = await unlessTypeError(() => directory.setFields(known.id, changes));
    audit({ event: 'user-changed', user: user.name, userId: user.id, reason: `field ${field}` });
    await writeChange(
      output,
      user,
      `${json === null ? 'Removed' : 'Set'} the field ${field} of ${user.name}.`,
    );
  });
}

/** The fields that `--field name=text` gives, each once. @throws UsageError */
export function fieldsGiven(given: readonly string[]): FieldChanges {
  const fields = new Map<string, string>();
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--field ${JSON.stringify(text)} is no field: write --field locale=de`);
    const name = text.slice(0, at);
    if (fields.has(name)) throw new UsageError(`--field ${name}=… is given twice: give it once`);
    fields.set(name, text.slice(at + 1));
  }
  return Object.fromEntries(fields);
}
