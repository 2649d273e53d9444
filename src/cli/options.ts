import { type Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import { parseMoment, parseNames } from './parse.js';
import { FORMATS, type Format } from './present/formats.js';

/** The flags that every command takes, before or after its name. */
export interface SharedOptions {
  config?: string;
  store?: string;
  format?: Format;
  json?: boolean;
  fields?: string[];
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
    .option('--config <file>', 'configuration file (default: the nearest moin-sessions.config.*)')
    .option('--store <where>', "the store: 'file:DIR' or a path (default: as configured)")
    .addOption(new Option('--format <format>', 'how to show results').choices(FORMATS))
    .option('--json', 'the same as --format json')
    .option('--fields <names>', 'fields to show, separated by commas', parseNames)
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

export function formatOf({ format, json }: SharedOptions): Format {
  if (json && format !== undefined && format !== 'json')
    throw new UsageError(`--json and --format ${format} contradict each other: give one of them`);
  return json ? 'json' : (format ?? 'table');
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
