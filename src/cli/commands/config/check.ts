import type { Command } from 'commander';
import { ConfigurationError } from '../../../base/errors.js';
import type { CliContext } from '../../context.js';
import { addExamples, addNotes } from '../../help/texts.js';
import type { SiteOptions } from '../../input/flags.js';
import { configurationFaultView } from '../../output/configuration-faults.js';
import { counted } from '../../output/humanize.js';
import { note } from '../../output/note.js';
import type { OutputOptions } from '../../output/output-options.js';
import { RowOutput } from '../../output/row-output.js';
import { sanitize } from '../../output/sanitize.js';
import { loadConfiguration } from '../../site/config-file.js';
import { configurationFaults } from '../../site/faults.js';

interface CheckOptions extends SiteOptions, OutputOptions {}

const EXAMPLES = `
moin-sessions config check
moin-sessions config check --config /srv/app/moin-sessions.config.mjs
`;

export function defineCheck(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(
    command,
    '\nIt opens store and users for reading, as a server does at its start. A store that is\nnot there yet is no fault: a server makes it. Nor is a MoinMoin wiki, which is for the\ncommand line alone. What is no fault and may surprise is on stderr.',
  );
  command.action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: CheckOptions): Promise<void> {
  const output = new RowOutput(context, options, configurationFaultView);
  const configuration = await loadConfiguration(context, options, { isNeeded: true });
  const { faults, hints, location } = await configurationFaults(context, options, configuration);
  const name = configuration.file ?? `the default configuration (no file in ${context.cwd} or above it)`;
  if (!options.quiet) for (const hint of hints) await note(context, `${name}: ${hint}`);
  if (output.format !== 'table' || output.hasFields) await output.writeRows(faults);
  else if (faults.length === 0) await output.write(`${sanitize(`Good: ${name}, store ${location}`)}\n`);
  else await output.writeLines(faults.map(({ message }) => `${sanitize(message)}\n`));
  if (faults.length > 0)
    throw new ConfigurationError(
      `${name} has ${counted(faults.length, 'fault')}: correct what is said above`,
    );
}
