import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors.js';
import { FORMATS, type Format } from './formats.js';
import { parseMoment, parseNames } from './parse.js';

/** The flags that every command takes, before or after its name. */
export interface SharedOptions {
  config?: string;
  store?: string;
  format?: Format;
  json?: boolean;
  fields?: string[];
  csvSafe?: boolean;
  at?: string;
  quiet?: boolean;
  color: boolean;
  debug?: boolean;
}

/** The flags of commands that write. */
export interface WritingOptions extends SharedOptions {
  dryRun?: boolean;
  yes?: boolean;
}

export function addSharedOptions(program: Command): Command {
  return program
    .option(
      '--config <file>',
      'configuration file (default: the nearest moin-sessions.config.* that only you or root can write)',
    )
    .option('--store <where>', "the store: 'file:DIR' or a path (default: as configured)")
    .addOption(new Option('--format <format>', 'how to show results').choices(FORMATS))
    .option('--json', 'the same as --format json')
    .option('--fields <names>', 'fields to show, separated by commas', gatherNames)
    .option(
      '--csv-safe',
      "with --format csv: a ' before what a spreadsheet would take for a formula (=, +, -, @)",
    )
    .option('--at <time>', 'look at things as of another moment: ISO 8601, +2h or -1d')
    .option('-q, --quiet', 'only errors; results only if you name a --format for programs')
    .option('--no-color', 'no colours, as with NO_COLOR (FORCE_COLOR: colours also in a pipe)')
    .option('--debug', 'show the stack of an error');
}

export function addWritingOptions(command: Command): Command {
  return command
    .option('-n, --dry-run', 'change nothing, say what would be done')
    .option('-y, --yes', 'do not ask');
}

/** @throws UsageError when flags contradict each other */
export function formatOf({ format: named, json, csvSafe }: SharedOptions): Format {
  if (json && named !== undefined && named !== 'json')
    throw new UsageError(`--json and --format ${named} contradict each other: give one of them`);
  const format = json ? 'json' : (named ?? 'table');
  if (csvSafe && format !== 'csv') throw new UsageError('--csv-safe is for CSV: add --format csv');
  return format;
}

/**
 * Refuses a flag that is given twice, unless its values are gathered: of the two, one would not count (spec 7).
 * To be called when all options of the command, and of those below it, are there.
 */
export function refuseRepeats(command: Command): void {
  for (const option of command.options.filter(({ required, optional }) => required || optional)) {
    let isGiven = false;
    command.on(`option:${option.name()}`, () => {
      const isGathered = Array.isArray(command.getOptionValue(option.attributeName()));
      if (isGiven && !isGathered) throw new UsageError(`${option.long} is given twice: give it once`);
      isGiven = true;
    });
  }
  for (const subcommand of command.commands) refuseRepeats(subcommand);
}

function gatherNames(text: string, before: readonly string[] = []): string[] {
  return [...before, ...parseNames(text)];
}

/** Whether results are kept to oneself: `-q`, unless they were asked for in a format for programs. */
export function isSilent(options: SharedOptions): boolean {
  return options.quiet === true && formatOf(options) === 'table';
}

/** The moment that `--at` names, else undefined. @throws UsageError */
export function momentOf({ at }: SharedOptions, now: number): number | undefined {
  return at === undefined ? undefined : parseMoment(at, now);
}

/** @throws UsageError when a command that writes was to do so at another time than now. */
export function assertWritableNow({ at, dryRun }: WritingOptions): void {
  if (at !== undefined && !dryRun)
    throw new UsageError('--at is for looking only: add --dry-run, or leave out --at');
}
