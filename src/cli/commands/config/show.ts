import type { Command } from 'commander';
import { ConfigurationError } from '../../../base/errors.js';
import { optionFaults } from '../../../config/faults.js';
import type { CliContext } from '../../context.js';
import { addExamples, addNotes } from '../../help/texts.js';
import type { SiteOptions } from '../../input/flags.js';
import { note } from '../../output/note.js';
import type { OutputOptions } from '../../output/output-options.js';
import { RowOutput } from '../../output/row-output.js';
import { type Setting, settingView } from '../../output/settings.js';
import { type Configuration, loadConfiguration } from '../../site/config-file.js';
import { secretsState } from '../../site/secrets-state.js';
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
  addNotes(
    command,
    '\nOf secrets it shows how many there are and how long they are; of those that the\nstore keeps, how many, and when they were changed last. On a MoinMoin wiki,\noptions of the file that say nothing of it are marked "no effect".',
  );
  command.action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

/** Shows a wrong configuration, too: who looks for a mistake needs to see it. */
async function run(context: CliContext, options: ShowOptions): Promise<void> {
  const output = new RowOutput(context, options, settingView);
  const configuration = await loadConfiguration(context, options, { isNeeded: !namesWiki(context, options) });
  const settings: Setting[] = [];
  for await (const setting of rows(context, options, configuration)) settings.push(setting);
  await output.writeRows(settings);
  if (output.format === 'table' && !options.quiet)
    for (const { name, value, summary } of settings)
      if (summary !== undefined) await note(context, `${name}: ${value}`);
  const faults = optionFaults(configuration.options);
  for (const { message } of faults) await note(context, `${configuration.file}: ${message}`);
  if (faults.length > 0)
    throw new ConfigurationError(`a server would refuse ${configuration.file}: correct what is said above`);
}

/** The settings, with what is known of a wiki, or of the secrets that the store keeps. */
async function* rows(
  context: CliContext,
  options: ShowOptions,
  configuration: Configuration,
): AsyncGenerator<Setting> {
  const wiki = await wikiRows(context, options, configuration);
  for (const setting of settingsOf(context, options, configuration, wiki)) {
    yield setting;
    const isOther = setting.name !== 'secrets' || configuration.options.secrets !== undefined;
    if (isOther || wiki.length > 0) continue;
    const state = await secretsState(context, options, configuration);
    yield { name: 'secrets of the store', ...state, origin: 'default', from: null };
  }
}
