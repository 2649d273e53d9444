import type { Argument, Command, Option } from 'commander';
import { gather } from '../input/parse.js';

/** What may stand at the cursor. */
type Expected =
  | { kind: 'flags'; command: Command; given: ReadonlySet<Option> }
  /** `isHelp`: after the command `help`, which takes topics as well. */
  | { kind: 'commands'; command: Command; isHelp: boolean }
  | { kind: 'value'; command: Command; of: Option | Argument; before: string }
  | null;

/** A command line as far as it is typed: its command, the flags with their values, and what may come next. */
export interface Parsed {
  expected: Expected;
  /** The last value of each flag, by its long name. */
  values: ReadonlyMap<string, readonly string[]>;
}

/**
 * Follows the words of a command line through the tree of commands. Nothing is an error here: a line that is being typed is
 * seldom whole.
 * @param words the words between the program and the cursor
 * @param current the word at the cursor
 */
export function parseLine(program: Command, words: readonly string[], current: string): Parsed {
  const line = new Line(program);
  for (const word of words) line.take(word);
  return { expected: line.expectedAt(current), values: line.values };
}

class Line {
  readonly values = new Map<string, string[]>();
  readonly #given = new Set<Option>();
  #command: Command;
  #pending: Option | null = null;
  #arguments = 0;
  #isHelp = false;
  #areFlagsOver = false;

  constructor(program: Command) {
    this.#command = program;
  }

  take(word: string): void {
    if (this.#pending !== null) {
      this.#addValue(this.#pending, word);
      this.#pending = null;
    } else if (word === '--' && !this.#areFlagsOver) this.#areFlagsOver = true;
    else if (this.#isFlag(word)) this.#takeFlag(word);
    else this.#takeName(word);
  }

  expectedAt(current: string): Expected {
    const command = this.#command;
    const flags = { kind: 'flags', command, given: this.#given } as const;
    if (this.#pending !== null) return { kind: 'value', command, of: this.#pending, before: '' };
    const [, flag, before] = /^((--[\w-]+)=)/.exec(current) ?? [];
    const option = this.#areFlagsOver || before === undefined ? undefined : optionNamed(command, before);
    if (option !== undefined && flag !== undefined)
      return { kind: 'value', command, of: option, before: flag };
    if (this.#isFlag(current) || (current === '-' && !this.#areFlagsOver)) return flags;
    if (command.commands.length > 0 && this.#arguments === 0)
      return { kind: 'commands', command, isHelp: this.#isHelp };
    const all = command.registeredArguments;
    const argument = all[this.#arguments] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
    if (argument !== undefined) return { kind: 'value', command, of: argument, before: '' };
    return current === '' && !this.#areFlagsOver ? flags : null;
  }

  #isFlag(word: string): boolean {
    return !this.#areFlagsOver && word.startsWith('-') && word !== '-';
  }

  #takeFlag(word: string): void {
    const [name = '', ...rest] = word.split('=');
    const option = optionNamed(this.#command, name);
    if (option === undefined) return;
    if (option.parseArg !== gather) this.#given.add(option);
    if (rest.length > 0) this.#addValue(option, rest.join('='));
    else if (option.required) this.#pending = option;
  }

  #addValue({ long }: Option, value: string): void {
    const flag = long ?? '';
    this.values.set(flag, [...(this.values.get(flag) ?? []), value]);
  }

  #takeName(word: string): void {
    const command = this.#arguments === 0 ? commandNamed(this.#command, word) : undefined;
    // `help list` continues as `list` does.
    if (command?.name() === 'help') this.#isHelp = true;
    else if (command === undefined) this.#arguments += 1;
    else this.#command = command;
  }
}

/** The flags of a command: its own, and those of the commands above it. */
export function optionsOf(command: Command): Option[] {
  return [...command.options, ...(command.parent === null ? [] : optionsOf(command.parent))];
}

function optionNamed(command: Command, name: string): Option | undefined {
  return optionsOf(command).find(({ long, short }) => name === long || name === short);
}

function commandNamed(command: Command, name: string): Command | undefined {
  return command.commands.find((sub) => sub.name() === name || sub.aliases().includes(name));
}
