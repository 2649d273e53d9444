import type { Command } from 'commander';
import type { CliContext } from '../../../src/cli/context.js';
import { visibleCommands } from '../../../src/cli/help/describe.js';
import { buildProgram, COMMAND_NAMES } from '../../../src/cli/program.js';

/** The program with all commands loaded. Nothing runs, so nothing asks for the context. */
export function wholeProgram(): Promise<Command> {
  return buildProgram(COMMAND_NAMES, {} as CliContext);
}

/** The words that name each visible command, as `['users', 'add']`; for the program itself, none. */
export function pathsOf(command: Command, path: readonly string[] = []): string[][] {
  return [[...path], ...visibleCommands(command).flatMap((sub) => pathsOf(sub, [...path, sub.name()]))];
}

/** The command that the words name. */
export function commandAt(program: Command, path: readonly string[]): Command {
  return path.reduce((command, word) => {
    const found = command.commands.find((sub) => sub.name() === word);
    if (found === undefined) throw new Error(`no command ${path.join(' ')}`);
    return found;
  }, program);
}
