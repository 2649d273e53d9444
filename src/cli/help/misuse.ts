import type { Command } from 'commander';
import { UsageError } from '../../base/errors.js';
import type { ParseStop } from '../input/parse-stop.js';
import { fullName, visibleCommands } from './describe.js';
import { hintForCommand, hintForOption } from './hints.js';

/** Turns what commander did not understand into one line that names the remedy and the help of that command. */
export function misuse(stop: ParseStop): UsageError {
  return new UsageError(`${explained(stop)}; see '${helpFor(stop)}'`);
}

/** The help of the program has no room for its options: a topic explains them. */
function helpFor({ command, cause: { code } }: ParseStop): string {
  const isAboutValue = code === 'commander.invalidArgument' || code === 'commander.optionMissingArgument';
  const name = fullName(command);
  return isAboutValue && command.parent === null ? `${name} help options` : `${name} --help`;
}

function explained({ command, cause: { code, message } }: ParseStop): string {
  if (code === 'commander.help') return missingCommand(command);
  if (code === 'commander.unknownCommand') return unknownCommand(command);
  if (code === 'commander.unknownOption') return unknownOption(command, message);
  if (code === 'commander.excessArguments') return excessArguments(command);
  return message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .replaceAll('\n', ' ');
}

function missingCommand(command: Command): string {
  if (command.parent === null) return 'a command is missing';
  const names = visibleCommands(command).map((sub) => sub.name());
  return `'${command.name()}' needs one of ${names.join(', ')}`;
}

/** An unusual word is not repeated: it may be a cookie or a password. */
function unknownCommand(command: Command): string {
  const word = command.args[0] ?? '';
  return /^[\w-]{1,24}$/.test(word)
    ? `unknown command '${word}'${hintForCommand(word, command)}`
    : 'unknown command';
}

/** The value is not repeated, nor what follows a short flag. */
function unknownOption(command: Command, message: string): string {
  const typed = /^error: unknown option '([\s\S]*)'$/.exec(message)?.[1] ?? '';
  const flag = typed.startsWith('--') ? (typed.split(/[=\s]/, 1)[0] ?? '') : typed.slice(0, 2);
  return `unknown option '${flag}'${hintForOption(flag, command)}`;
}

/** The arguments are not repeated. */
function excessArguments(command: Command): string {
  const { length: most } = command.registeredArguments;
  const takes = most === 0 ? 'no arguments' : `${most} argument${most === 1 ? '' : 's'}`;
  const hint = command.options.some(({ long }) => long === '--user')
    ? ': the sessions of a user are selected by --user NAME'
    : '';
  return `'${command.name()}' takes ${takes}, but got ${command.args.length}${hint}`;
}
