import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { SHORTEST_SECRET } from '../../../store/secret.js';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import type { SiteOptions } from '../../input/flags.js';
import type { OutputOptions } from '../../output/output-options.js';
import { RowOutput } from '../../output/row-output.js';
import type { View } from '../../output/view.js';

interface GenerateOptions extends SiteOptions, OutputOptions {}

const secretView: View<{ secret: string }> = {
  columns: [{ name: 'secret', value: ({ secret }) => secret, max: 100 }],
  forPeople: ['secret'],
  idOf: ({ secret }) => secret,
};

const EXAMPLES = `
moin-sessions secret generate  # for the option 'secrets'
`;

export function defineGenerate(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  command.action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: GenerateOptions): Promise<void> {
  const output = new RowOutput(context, options, secretView);
  const secret = randomBytes(SHORTEST_SECRET).toString('base64url');
  // With --quiet, too: the secret is all that the command is for.
  if (output.format === 'table') await context.out.write(`${secret}\n`);
  else await output.writeSingle({ secret });
}
