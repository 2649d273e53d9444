import type { Command } from 'commander';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import { defineCheck } from './check.js';
import { defineShow } from './show.js';

const EXAMPLES = `
moin-sessions config show         # which store, and where each setting came from
moin-sessions config check        # all that a server would refuse; exit 2
moin-sessions config show --json  # for programs
`;

export function defineConfig(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  defineShow(command.command('show').description('show the settings in force, and who set them'), context);
  defineCheck(command.command('check').description('say all that a server would refuse'), context);
}
