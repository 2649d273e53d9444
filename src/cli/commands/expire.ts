import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { type Ending, type EndingOptions, runEnding } from '../ending.js';
import { addWritingOptions } from '../options.js';

const EXAMPLES = `Examples:
  moin-sessions expire 3f2a                end one session
  moin-sessions expire --user alice        log a user out everywhere
  moin-sessions expire --all --dry-run     how many would that be?
`;

export function defineExpire(command: Command, context: CliContext): void {
  addWritingOptions(command)
    .addHelpText('before', EXAMPLES)
    .argument('[id...]', 'ids, or their first digits (4 or more)')
    .option('--user <name-or-id>', 'all sessions of a user')
    .option('--anonymous', 'all sessions of visitors who are not logged in')
    .option('--all', 'all sessions')
    .action((ids: string[], _options, self: Command) => run(context, ids, self.optsWithGlobals()));
}

const expiry: Ending = {
  verb: 'end',
  past: 'Ended',
  counted: 'expired',
  carryOut: (admin, which, options) => admin.expire(which, options),
};

function run(context: CliContext, ids: string[], options: EndingOptions): Promise<void> {
  return runEnding(context, expiry, ids, options);
}
