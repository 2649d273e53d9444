import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addWritingOptions } from '../input/flags.js';
import { addFilterOptions } from '../selection/filters.js';
import { type Ending, type EndingOptions, endSessions } from './end-sessions.js';

const EXAMPLES = `Examples:
  moin-sessions purge --expired --quiet       for cron: never asks
  moin-sessions purge --expired --dry-run     how many would that be?
  moin-sessions purge 3f2a                    remove one record, readable or not
  moin-sessions purge --user alice --yes
`;

export function definePurge(command: Command, context: CliContext): void {
  addFilterOptions(addWritingOptions(command))
    .addHelpText('before', EXAMPLES)
    .argument('[id...]', 'ids, or their first digits (4 or more)')
    .option('--all', 'all records but unreadable ones')
    .action((ids: string[], _options, self: Command) => run(context, ids, self.optsWithGlobals()));
}

const removal: Ending = {
  verb: 'remove',
  past: 'Removed',
  counted: 'removed',
  concerns: (state, named) => named || state !== 'unreadable',
  carryOut: (admin, which, options) => admin.purge(which, options),
};

function run(context: CliContext, ids: string[], options: EndingOptions): Promise<void> {
  return endSessions(context, removal, ids, options);
}
