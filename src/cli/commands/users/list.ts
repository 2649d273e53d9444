import type { Command } from 'commander';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import type { SiteOptions } from '../../input/flags.js';
import type { OutputOptions } from '../../output/output-options.js';
import { RowOutput } from '../../output/row-output.js';
import { userView } from '../../output/users.js';
import { openUserFile } from './user-file.js';

interface ListOptions extends SiteOptions, OutputOptions {}

const EXAMPLES = `
moin-sessions users list
moin-sessions users list --json  # for programs
`;

export function defineList(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  command.action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: ListOptions): Promise<void> {
  const output = new RowOutput(context, options, userView);
  const directory = await openUserFile(context, options);
  await output.writeRows(await directory.list());
}
