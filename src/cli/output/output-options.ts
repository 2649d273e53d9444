import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors.js';
import { parseNames } from '../input/parse.js';
import { FORMATS, type Format } from './formats.js';
import { TIME_STYLES, type TimeStyle } from './humanize.js';

/** The flags of every command that set the format of its results. */
export interface OutputOptions {
  format?: Format;
  json?: boolean;
  fields?: string[];
  csvSafe?: boolean;
  /** All columns of a table, without a limit of its width. */
  wide?: boolean;
  time?: TimeStyle;
  quiet?: boolean;
  color: boolean;
}

export function addOutputOptions(program: Command): Command {
  return program
    .addOption(new Option('--format <format>', 'how to show results').choices(FORMATS))
    .option('--json', 'the same as --format json')
    .option('--fields <names>', 'fields to show, separated by commas', gatherNames)
    .option('--csv-safe', "in CSV, put ' before what a spreadsheet would run (=, +, -, @)")
    .option('-q, --quiet', 'only errors; results only with a --format for programs')
    .option('--no-color', 'no colours, as with NO_COLOR; FORCE_COLOR: in a pipe, too');
}

/** The flags of commands that show a table of sessions. `OutputOptions` has their values. */
export function addTableOptions(command: Command): Command {
  return command
    .option('--wide', 'all columns, on several lines if the terminal is narrow')
    .addOption(
      new Option('--time <style>', 'how a table shows times (default: relative)').choices(TIME_STYLES),
    );
}

/** @throws UsageError when flags contradict each other */
export function formatOf({ format: named, json, csvSafe, wide, time }: OutputOptions): Format {
  if (json && named !== undefined && named !== 'json')
    throw new UsageError(`--json and --format ${named} contradict each other: give one of them`);
  const format = json ? 'json' : (named ?? 'table');
  if (csvSafe && format !== 'csv') throw new UsageError('--csv-safe is for CSV: add --format csv');
  const forTables = wide ? '--wide' : time !== undefined && '--time';
  if (forTables && format !== 'table')
    throw new UsageError(`${forTables} is for tables: leave it out, or --format ${format}`);
  return format;
}

function gatherNames(text: string, before: readonly string[] = []): string[] {
  return [...before, ...parseNames(text)];
}
