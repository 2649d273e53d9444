import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addExamples } from '../help/texts.js';
import { addWritingOptions } from '../input/flags.js';
import { JSON_HELP, readJson } from '../input/json-value.js';
import { type EditOptions, editSession } from './edit-value.js';

const EXAMPLES = `
moin-sessions set 3f2a locale '"de"'       # a text has quotes of its own
moin-sessions set 3f2a cart '[]' --dry-run
moin-sessions set 3f2a cart - < cart.json  # the value from stdin
`;

export function defineSet(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addWritingOptions(command)
    .argument('<id>', 'id of a session, or its first digits (4 or more)')
    .argument('<key>', 'key of the value')
    .argument('<json>', JSON_HELP)
    .action((id: string, key: string, json: string, _options, self: Command) =>
      editSession(context, id, key, self.optsWithGlobals<EditOptions>(), () => readJson(context, json)),
    );
}
