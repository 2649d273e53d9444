import { type Command, Option } from 'commander';
import type { Clock } from '../../base/clock.js';
import { UsageError } from '../../base/errors.js';
import { gather, parseInterval, parseMoment, parseReason } from './parse.js';

/** The flags of every command: they name the site, and the moment to look at. */
export interface SiteOptions {
  config?: string;
  store?: string;
  /** Settings of a MoinMoin wiki. */
  wikiConfig?: string[];
  at?: string;
}

/** The flags of commands that write. */
export interface WritingOptions {
  dryRun?: boolean;
  yes?: boolean;
}

export function addSiteOptions(program: Command): Command {
  return program
    .option(
      '--config <file>',
      'configuration file (default: the nearest moin-sessions.config.* that only you or root can write)',
    )
    .option('--store <where>', "the store: 'file:DIR', 'redis://HOST', 'moin:DIR'")
    .option('--wiki-config <what>', "of a MoinMoin wiki: 'setting=value', or a JSON file", gather)
    .option('--at <time>', 'look as of another moment: ISO 8601, +2h or -1d');
}

export function addWritingOptions(command: Command): Command {
  return command
    .option('-n, --dry-run', 'change nothing, show what would be done')
    .option('-y, --yes', 'do not ask');
}

/** The flag of commands that change many sessions. */
export const VERBOSE = ['-v, --verbose', 'list the sessions that are done, with the fields of list'] as const;

/** The flag of commands that end sessions. */
export const REASON = ['--reason <text>', 'why, for operators: up to 200 characters', parseReason] as const;

/** The flag of commands that look again and again. Its value is in ms. */
export function watchOption(description: string): Option {
  return new Option('--watch [every]', description).preset('2s').argParser(parseInterval);
}

/** @throws UsageError when a command that looks again and again is to look at another moment */
export function assertPresent({ at }: SiteOptions): void {
  if (at !== undefined) throw new UsageError('--watch looks at the present: leave out --at');
}

/**
 * Refuses a flag that is given twice, because commander would ignore its first value (spec 7). A flag that gathers its
 * values may repeat. Call this after the command and its subcommands have all their options.
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

/** A clock that always shows `--at`; without `--at`, the given clock. @throws UsageError when `--at` is not a time */
export function clockOf({ at }: SiteOptions, clock: Clock): Clock {
  if (at === undefined) return clock;
  const moment = parseMoment(at, clock());
  return () => moment;
}

/** @throws UsageError when `--at` is given without `--dry-run`: a command writes at the present time only */
export function assertWritableNow({ at, dryRun }: SiteOptions & WritingOptions): void {
  if (at !== undefined && !dryRun)
    throw new UsageError('--at is for looking only: add --dry-run, or leave out --at');
}
