import type { Command } from 'commander';
import { describeCommand } from '../describe.js';
import type { TopicText } from '../topic.js';

/** The options of the program itself, before or after the name of a command. */
export function optionsTopic(program: Command): TopicText {
  const { options } = describeCommand(program);
  return {
    intro: ['Every command takes these options. They may stand before its name or after it.'],
    groups: options === null ? [] : [options],
    notes: [
      "A flag comes before the environment (see 'help environment'), the environment before the configuration, the configuration before a default.",
    ],
  };
}
