import type { Command } from 'commander';
import { ConfigurationError } from '../../../base/errors.js';
import { optionFaults } from '../../../config/faults.js';
import type { CliContext } from '../../context.js';
import { addExamples, addNotes } from '../../help/texts.js';
import type { SiteOptions } from '../../input/flags.js';
import { note } from '../../output/note.js';
import type { OutputOptions } from '../../output/output-options.js';
import { RowOutput } from '../../output/row-output.js';
import { settingView } from '../../output/settings.js';
import { loadConfiguration } from '../../site/config-file.js';
import { settingsOf } from '../../site/settings.js';
import { namesWiki } from '../../site/wiki.js';
import { wikiRows } from '../../site/wiki-rows.js';

interface ShowOptions extends SiteOptions, OutputOptions {}

const EXAMPLES = `
moin-sessions config show
moin-sessions config show --store /srv/app/sessions --json
`;

export function defineShow(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, '\nOf secrets it shows how many there are and how long they are.');
  command.action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

/** Shows a wrong configuration, too: who looks for a mistake needs to see it. */
async function run(context: CliContext, options: ShowOptions): Promise<void> {
  const output = new RowOutput(context, options, settingView);
  const configuration = await loadConfiguration(context, options, { isNeeded: !namesWiki(context, options) });
  const wiki = await wikiRows(context, options, configuration);
  await output.writeRows(settingsOf(context, options, configuration, wiki));
  const faults = optionFaults(configuration.options);
  for (const { message } of faults) await note(context, `${configuration.file}: ${message}`);
  if (faults.length > 0)
    throw new ConfigurationError(`a server would refuse ${configuration.file}: correct what is said above`);
}
