import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addWritingOptions } from '../input/flags.js';
import { addFilterOptions } from '../selection/filters.js';
import { type Ending, type EndingOptions, endSessions } from './end-sessions.js';

const EXAMPLES = `Examples:
  moin-sessions expire 3f2a                end one session
  moin-sessions expire --user alice        log a user out everywhere
  moin-sessions expire --refused           end what disabled users left open
  moin-sessions expire --idle 30d --yes    end what nobody used for a month
  moin-sessions expire --all --dry-run     how many would that be?
`;

export function defineExpire(command: Command, context: CliContext): void {
  addFilterOptions(addWritingOptions(command))
    .addHelpText('before', EXAMPLES)
    .argument('[id...]', 'ids, or their first digits (4 or more)')
    .option('--all', 'all sessions')
    .action((ids: string[], _options, self: Command) => run(context, ids, self.optsWithGlobals()));
}

const expiry: Ending = {
  verb: 'end',
  past: 'Ended',
  counted: 'expired',
  concerns: (state) => state !== 'expired' && state !== 'unreadable',
  carryOut: (admin, which, options) => admin.expire(which, options),
};

function run(context: CliContext, ids: string[], options: EndingOptions): Promise<void> {
  return endSessions(context, expiry, ids, options);
}
