import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addExamples } from '../help/texts.js';
import { addWritingOptions } from '../input/flags.js';
import { type EditOptions, editSession } from './edit-value.js';

const EXAMPLES = `
moin-sessions unset 3f2a cart
moin-sessions unset 3f2a cart --dry-run
`;

export function defineUnset(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addWritingOptions(command)
    .argument('<id>', 'id of a session, or its first digits (4 or more)')
    .argument('<key>', 'key of the value')
    .action((id: string, key: string, _options, self: Command) =>
      editSession(context, id, key, self.optsWithGlobals<EditOptions>(), async () => undefined),
    );
}
