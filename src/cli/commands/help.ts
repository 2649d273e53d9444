import type { Command } from 'commander';
import { UsageError } from '../../base/errors.js';
import { didYouMean } from '../../base/suggest.js';
import type { CliContext } from '../context.js';
import { fullName, visibleCommands } from '../help/describe.js';
import { helpText, topicPage } from '../help/help-text.js';
import { addExamples } from '../help/texts.js';
import { TOPICS, topicNamed } from '../help/topics.js';

const EXAMPLES = `
moin-sessions help users add
moin-sessions help filters      # a topic
moin-sessions help list | less  # the whole text
`;

export function defineHelp(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  command
    .usage('[COMMAND | TOPIC]')
    .argument('[word...]', `a command, or a topic: ${TOPICS.map(({ name }) => name).join(', ')}`)
    .action((words: string[], _options, self: Command) => run(context, self.parent ?? self, words));
}

async function run(context: CliContext, program: Command, words: readonly string[]): Promise<void> {
  const [first = '', ...others] = words;
  const topic = others.length === 0 ? topicNamed(first) : undefined;
  await context.out.write(
    topic ? await topicPage(topic, program, context) : helpText(commandAt(program, words), context),
  );
}

/** @throws UsageError for a name that no command and no topic has. It repeats no word: each may be a password */
function commandAt(program: Command, words: readonly string[]): Command {
  return words.reduce((command, word) => {
    const found = command.commands.find((sub) => sub.name() === word);
    if (found) return found;
    const names = visibleCommands(command).map((sub) => sub.name());
    const topics = command === program ? TOPICS.map(({ name }) => name) : [];
    const also = topics.length === 0 ? '' : `; topics are ${topics.join(', ')}`;
    throw new UsageError(
      `there is no help of this name${didYouMean(word, [...names, ...topics])}: see '${fullName(command)} --help'${also}`,
    );
  }, program);
}
