import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors.js';
import { didYouMean } from '../../base/suggest.js';
import type { SessionInfo } from '../../session/admin/info.js';
import type { SessionState } from '../../session/lifecycle/state.js';
import { gather, parseDuration } from '../input/parse.js';
import type { OutputOptions } from '../output/output-options.js';
import type { Where } from '../where/condition.js';

/** The flags that select sessions. They are the same for all commands. */
export interface FilterOptions extends Pick<OutputOptions, 'quiet'> {
  user?: string[];
  userId?: string[];
  anonymous?: boolean;
  loggedIn?: boolean;
  active?: boolean;
  grace?: boolean;
  expired?: boolean;
  refused?: boolean;
  expiresWithin?: number;
  idle?: number;
  hasKey?: string;
  endedBy?: Ender[];
  unreadable?: boolean;
  /** The text of the flag; `addFilterOptions` reads it before the command runs. */
  where?: Where | string;
}

type Ender = NonNullable<SessionInfo['endedBy']>;

const ENDERS: readonly Ender[] = ['administrator', 'user', 'limit'];

export const STATES = [
  'active',
  'grace',
  'expired',
  'refused',
  'unreadable',
] as const satisfies readonly SessionState[];
const FLAGS = [
  'user',
  'userId',
  'anonymous',
  'loggedIn',
  ...STATES,
  'expiresWithin',
  'idle',
  'hasKey',
  'endedBy',
  'where',
] as const;

export function addFilterOptions(command: Command): Command {
  return command
    .optionsGroup('Filters')
    .option('--user <name>', 'of this user, by name, else by id; repeatable', gather)
    .option('--user-id <id>', 'of this user, by id alone; repeatable', gather)
    .option('--anonymous', 'of visitors who are not logged in')
    .option('--logged-in', 'of users')
    .option('--active', 'with a cookie that is still valid')
    .option('--grace', 'with a cookie that expired less than an hour ago')
    .option('--expired', 'that the purge may remove')
    .option('--refused', 'whose user or auth method is no longer accepted')
    .option('--expires-within <duration>', 'with a cookie that expires within 2h, 7d, …', parseDuration)
    .option('--idle <duration>', 'not seen for 2h, 7d, …', parseDuration)
    .option('--has-key <key>', 'that hold a value under this key')
    .addOption(
      new Option('--ended-by <who>', 'ended by this one; repeatable: any of them')
        .choices(ENDERS)
        .argParser(gatherEnders),
    )
    .option('--unreadable', 'whose stored bytes are no session')
    .option('--where <expr>', 'that meet a condition on their data: \'cart.items[0].sku == "moin-3"\'')
    .optionsGroup('Options')
    .hook('preAction', readWhereOption);
}

/** Reads `--where` before the store is opened. The parser is loaded only for the flag. */
async function readWhereOption(command: Command): Promise<void> {
  const text: unknown = command.getOptionValue('where');
  if (typeof text !== 'string') return;
  command.setOptionValue('where', (await import('../where/condition.js')).readWhere(text));
}

function gatherEnders(value: string, before: readonly Ender[] = []): Ender[] {
  const who = ENDERS.find((name) => name === value);
  if (who !== undefined) return [...before, who];
  throw new UsageError(`--ended-by is one of ${ENDERS.join(', ')}${didYouMean(value, ENDERS)}`);
}

/** The given filter flags, spelt as on the command line. */
export function givenFilters(options: FilterOptions): string[] {
  return FLAGS.filter((name) => options[name] !== undefined).map(asFlag);
}

/** Whether a user is named. `?` stands for those whom a wiki's store cannot tell. */
export function namesUsers({ user = [], userId = [] }: FilterOptions): boolean {
  return [...user, ...userId].some((name) => name !== '?');
}

/** @throws UsageError for two flags that no session can match together */
export function assertFilters(options: FilterOptions): void {
  const states = STATES.filter((state) => options[state]);
  assertOne(states.map(asFlag));
  const kinds = (['anonymous', 'loggedIn'] as const).filter((kind) => options[kind]);
  assertOne(kinds.map(asFlag));
  const users = (['user', 'userId'] as const).filter((name) => options[name] !== undefined);
  if (users.length > 0 && options.anonymous) assertOne([...users, 'anonymous'].map(asFlag));
  // Nothing else is known of an unreadable session.
  if (options.unreadable) assertOne(givenFilters(options));
}

/** @throws UsageError when more than one flag is given */
export function assertOne(flags: readonly string[]): void {
  if (flags.length > 1) throw new UsageError(`${flags.join(' and ')} exclude each other: give one of them`);
}

function asFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
