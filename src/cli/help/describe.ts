import type { Argument, Command, Option } from 'commander';
import type { Group, Row } from './rows.js';
import { type Example, textsOf } from './texts.js';

/** All that the help of a command says. Screen, page, `docs/cli.md` and man page are made from it. */
export interface CommandHelp {
  /** The whole name: `moin-sessions users add`. */
  name: string;
  usage: string;
  /** A sentence. */
  summary: string;
  commands: readonly Group[];
  /** The arguments and the options that belong to no other group; null when there are none. */
  options: Group | null;
  /** The other groups of options. */
  optionGroups: readonly Group[];
  notes: readonly string[];
  examples: readonly Example[];
  /** Whether it is the program itself, whose options are shared by all commands. */
  isProgram: boolean;
}

const OPTIONS = 'Options';
const COMMANDS = 'Commands';

export function describeCommand(command: Command): CommandHelp {
  const groups = groupsOf(visibleOptions(command), ({ helpGroupHeading }) => helpGroupHeading ?? OPTIONS, {
    rowOf: optionRow,
  });
  const commands = groupsOf(visibleCommands(command), (sub) => sub.helpGroup() || COMMANDS, {
    rowOf: commandRow,
  });
  return {
    name: fullName(command),
    usage: usageOf(command),
    summary: sentence(command.description()),
    commands,
    options: withArguments(
      command,
      groups.find(({ heading }) => heading === OPTIONS),
    ),
    optionGroups: groups.filter(({ heading }) => heading !== OPTIONS),
    ...textsOf(command),
    isProgram: command.parent === null,
  };
}

/** The name of a command with those of its ancestors: `moin-sessions users add`. */
export function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}

export function visibleCommands(command: Command): readonly Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((sub) => command.commands.includes(sub));
}

/** The options of the command itself. `--help` is named in the help of the program alone. */
export function visibleOptions(command: Command): readonly Option[] {
  const visible = command.createHelp().visibleOptions(command);
  return command.parent ? visible.filter((option) => command.options.includes(option)) : visible;
}

/** Options that must be given are part of the usage. */
function usageOf(command: Command): string {
  const needed = command.options
    .filter(({ mandatory }) => mandatory)
    .map(({ long, flags }) => `${long} ${/<.*>/.exec(flags)?.[0] ?? ''}`.trim());
  return [fullName(command), ...needed, command.usage().replace('[command]', 'COMMAND')].join(' ').trim();
}

function withArguments(command: Command, options: Group | undefined): Group | null {
  const described = command.registeredArguments.filter(({ description }) => description);
  if (described.length === 0) return options ?? null;
  const rows = described.map(argumentRow);
  if (options === undefined) return { heading: 'Arguments', rows };
  return { heading: 'Arguments and options', rows: [...rows, ...options.rows] };
}

function groupsOf<Item>(
  items: readonly Item[],
  headingOf: (item: Item) => string,
  { rowOf }: { rowOf: (item: Item) => Row },
): Group[] {
  const groups = new Map<string, Row[]>();
  for (const item of items) {
    const heading = headingOf(item).replace(/:$/, '');
    groups.set(heading, [...(groups.get(heading) ?? []), rowOf(item)]);
  }
  return [...groups].map(([heading, rows]) => ({ heading, rows }));
}

function commandRow(command: Command): Row {
  const names = command.registeredArguments.map(argumentTerm);
  const isSubcommand = command.parent?.parent != null;
  return {
    term: isSubcommand ? [command.name(), ...names].join(' ') : command.name(),
    meaning: command.summary() || command.description(),
  };
}

function argumentTerm(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '...' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
}

function argumentRow(argument: Argument): Row {
  const { description, argChoices, defaultValue } = argument;
  return { term: argumentTerm(argument), meaning: withValues(description, argChoices, defaultValue) };
}

function optionRow(option: Option): Row {
  const { flags, description, argChoices, defaultValue, defaultValueDescription, required, optional } =
    option;
  const value = required || optional ? (defaultValueDescription ?? defaultValue) : undefined;
  return { term: flags, meaning: withValues(description, argChoices, value) };
}

function withValues(meaning: string, choices: readonly string[] | undefined, value: unknown): string {
  const facts = [];
  if (choices) facts.push(choices.join(', '));
  if (value !== undefined) facts.push(`default: ${String(value)}`);
  return facts.length === 0 ? meaning : `${meaning} (${facts.join('; ')})`;
}

function sentence(text: string): string {
  const ended = /[.!?]$/.test(text) ? text : `${text}.`;
  return ended.slice(0, 1).toUpperCase() + ended.slice(1);
}
