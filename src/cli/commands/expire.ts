import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { addExamples } from '../help/texts.js';
import { addWritingOptions, REASON, VERBOSE } from '../input/flags.js';
import { addFilterOptions } from '../selection/filters.js';
import { IDS_HELP } from '../selection/session-ids.js';
import { endSessions } from './end-sessions.js';
import type { EndOptions, SessionAction } from './session-action.js';

const EXAMPLES = `
moin-sessions expire 3f2a                # end one session
moin-sessions expire --user alice        # log a user out everywhere
moin-sessions expire --refused           # those of disabled users
moin-sessions expire --idle 30d --yes    # those that nobody used for a month
moin-sessions expire --user alice --reason 'a lost laptop, ticket 4711'
moin-sessions expire --all -n --verbose  # which would that be?
moin-sessions list --idle 30d --format ids | moin-sessions expire - --yes
`;

export function defineExpire(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addFilterOptions(addWritingOptions(command))
    .argument('[id...]', IDS_HELP)
    .option('--all', 'all sessions')
    .option(...REASON)
    .option(...VERBOSE)
    .action((ids: string[], _options, self: Command) => run(context, ids, self.optsWithGlobals()));
}

const expire: SessionAction = {
  verb: 'end',
  past: 'Ended',
  doneField: 'expired',
  // The cookie of a wiki's session without expiry never expires, so it can be ended.
  changes: ({ state, cookieExpires }) =>
    state !== 'unreadable' && (state !== 'expired' || cookieExpires === null),
  isAhead: () => false,
  perform: (admin, which, options) => admin.expire(which, options),
};

function run(context: CliContext, ids: string[], options: EndOptions): Promise<void> {
  return endSessions(context, expire, ids, options);
}
