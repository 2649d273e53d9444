import type { Command } from 'commander';
import type { CliContext } from '../../src/cli/context.js';
import { type CommandHelp, describeCommand, visibleCommands } from '../../src/cli/help/describe.js';
import type { TopicText } from '../../src/cli/help/topic.js';
import { TOPICS } from '../../src/cli/help/topics.js';
import { buildProgram, COMMAND_NAMES } from '../../src/cli/program.js';

/** All that the help of the command line says, read from its one tree of commands. */
export interface Reference {
  version: string;
  program: CommandHelp;
  /** All other commands; each is followed by its subcommands. */
  commands: readonly CommandHelp[];
  topics: readonly (TopicText & { name: string; summary: string })[];
}

export async function readReference(): Promise<Reference> {
  // The commands are described, not run: they need no context.
  const program = await buildProgram(COMMAND_NAMES, {} as CliContext);
  return {
    version: program.version() ?? '',
    program: describeCommand(program),
    commands: below(program).map(describeCommand),
    topics: await Promise.all(
      TOPICS.map(async ({ name, summary, load }) => ({ name, summary, ...(await load(program)) })),
    ),
  };
}

/** The topic that explains a group of options, so that it is written once. */
export function topicOf(heading: string, { topics }: Reference): string | undefined {
  return topics.find(({ name }) => name === heading.toLowerCase())?.name;
}

function below(command: Command): Command[] {
  return visibleCommands(command).flatMap((sub) => [sub, ...below(sub)]);
}
