import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { describeCommand } from './describe.js';
import { pageText, topicText } from './page.js';
import { screenText } from './screen.js';
import type { Topic } from './topic.js';

type Terminal = Pick<CliContext, 'out' | 'columns'>;

/** The help of a command: on a terminal it fits the screen, into a pipe or file it is whole. */
export function helpText(command: Command, { out, columns }: Terminal): string {
  const help = describeCommand(command);
  return out.isTTY ? screenText(help, columns) : pageText(help, columns);
}

export async function topicPage(topic: Topic, program: Command, { columns }: Terminal): Promise<string> {
  return topicText(await topic.load(program), columns);
}
