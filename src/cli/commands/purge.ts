import { type Command, Option } from 'commander';
import { purgesBatches } from '../../session/admin/purge.js';
import type { CliContext } from '../context.js';
import { addExamples } from '../help/texts.js';
import { addWritingOptions, VERBOSE } from '../input/flags.js';
import { addFilterOptions } from '../selection/filters.js';
import { IDS_HELP } from '../selection/session-ids.js';
import { endSessions } from './end-sessions.js';
import type { EndOptions, SessionAction } from './session-action.js';

const EXAMPLES = `
moin-sessions purge --expired --quiet    # for cron: never asks
moin-sessions purge --expired --dry-run  # how many would that be?
moin-sessions purge 3f2a                 # remove one record, readable or not
moin-sessions purge --user alice --yes
moin-sessions purge - --yes < ids.txt    # ids from stdin, one a line
`;

export function definePurge(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addFilterOptions(addWritingOptions(command))
    .argument('[id...]', IDS_HELP)
    .option('--all', 'all records but unreadable ones')
    .option(...VERBOSE)
    .addOption(
      new Option('--print-systemd [unit]', 'print units that purge hourly, and change nothing').choices([
        'service',
        'timer',
      ]),
    )
    .action((ids: string[], _options, self: Command) => run(context, ids, self.optsWithGlobals()));
}

const purge: SessionAction = {
  verb: 'remove',
  past: 'Removed',
  doneField: 'removed',
  changes: ({ state }, isNamed) => isNamed || state !== 'unreadable',
  isAhead: purgesBatches,
  perform: (admin, which, options) => admin.purge(which, options),
};

interface PurgeOptions extends EndOptions {
  printSystemd?: true | 'service' | 'timer';
}

async function run(context: CliContext, ids: string[], options: PurgeOptions): Promise<void> {
  if (options.printSystemd !== undefined)
    return (await import('./print-systemd.js')).printSystemd(context, options, options.printSystemd);
  return endSessions(context, purge, ids, options);
}
