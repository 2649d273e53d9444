import { NotFoundError, UsageError } from '../../base/errors.js';
import type { SessionLookup } from '../../session/admin/lookup.js';
import { idLines } from '../input/id-lines.js';
import { counted } from '../output/humanize.js';

/** The help of an argument that takes ids. */
export const ID_HELP = 'ids, or their first digits (4 or more)';

/** The help of an argument that takes ids, from stdin too. */
export const IDS_HELP = `${ID_HELP}; - reads them from stdin, one a line`;

/** The argument that stands for the ids on stdin. */
export const STDIN = '-';

/** Whole ids of sessions or users, found from the arguments on the command line. */
export interface ResolvedIds {
  /** Whole ids in the order of the command line, each once. */
  ids: string[];
  /** The arguments that match nothing, spelt as on the command line. */
  missing: string[];
}

/** The most candidates that an error names. */
const CANDIDATES = 5;

/**
 * The ids, or their first digits, of a command line: its arguments, and with `-` the lines of stdin. None when stdin has none: so the
 * output of a list without sessions is no mistake. Checks all of them before any is looked up.
 * @throws UsageError for a text that is not an id
 */
export async function namedIds(
  stdin: { chunks(): AsyncIterable<string> },
  args: readonly string[],
): Promise<string[]> {
  const named = new Set(args.filter((arg) => arg !== STDIN).map((text) => parsePrefix(text)));
  if (!args.includes(STDIN)) return [...named];
  for await (const { text, number } of idLines(stdin.chunks()))
    named.add(parsePrefix(text, `line ${number} of stdin`));
  return [...named];
}

/**
 * Resolves ids, or their first digits (4 or more), to whole ids.
 * @param hint what may be known of an id that matches nothing, as a sentence; empty: nothing
 * @throws UsageError for an argument that is not an id or matches several; NotFoundError when no argument matches
 */
export async function resolveIds(
  lookup: Pick<SessionLookup, 'resolve'>,
  named: readonly string[],
  { hint = () => '' }: { hint?: (id: string) => string } = {},
): Promise<ResolvedIds> {
  const prefixes = named.map((text) => parsePrefix(text));
  const ids = new Set<string>();
  const missing: string[] = [];
  for (const prefix of prefixes) {
    const id = await resolveOne(lookup, prefix);
    if (id === null) missing.push(prefix);
    else ids.add(id);
  }
  if (ids.size === 0 && missing.length > 0)
    throw new NotFoundError(
      [`${noneOf(missing)}: see 'moin-sessions list'`, hint(missing[0] ?? '')].filter(Boolean).join('; '),
    );
  return { ids: [...ids], missing };
}

/** @param hint what may be known of it; empty: nothing */
export function goneSession(id: string, hint: string): string {
  return [noSuchSession(id), hint].filter(Boolean).join('; ');
}

export function noSuchSession(id: string): string {
  return `there is no session ${id}`;
}

function noneOf(missing: readonly string[]): string {
  if (missing.length <= CANDIDATES) return missing.map(noSuchSession).join(', ');
  return `there is none of the ${counted(missing.length, 'named session')}`;
}

/** @param where what the text is, unless it is an argument: the error does not quote a line of stdin */
function parsePrefix(text: string, where?: string): string {
  if (/^[0-9a-f]{4,32}$/i.test(text)) return text.toLowerCase();
  // The error does not repeat the text: it may be a cookie.
  if (where !== undefined || text.includes('.') || text.length > 32)
    throw new UsageError(
      `${where ?? 'an argument'} is not a session id, perhaps a cookie: 'moin-sessions simulate --cookie -' shows its session`,
    );
  throw new UsageError(
    `'${text}' is not a session id, 4 to 32 hex digits: 'moin-sessions list --user ${asUser(text)}' shows those of a user, and 'expire' and 'purge' take --user, too`,
  );
}

/** The text as the value of --user, if a shell takes it as it is. */
function asUser(text: string): string {
  return /^[\w@+-]+$/.test(text) ? text : 'NAME';
}

async function resolveOne(lookup: Pick<SessionLookup, 'resolve'>, prefix: string): Promise<string | null> {
  const candidates = await lookup.resolve(prefix, CANDIDATES + 1);
  const [id = null] = candidates;
  if (candidates.length <= 1) return id;
  const shown = candidates.slice(0, CANDIDATES).join(', ');
  const more = candidates.length > CANDIDATES ? ' and more' : '';
  throw new UsageError(`'${prefix}' begins several ids: ${shown}${more}; give more digits`);
}
