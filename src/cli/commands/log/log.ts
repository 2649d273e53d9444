import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { AUDIT_EVENTS, type AuditEntry } from '../../../audit/entry.js';
import { SYSLOG } from '../../../audit/open.js';
import { ConfigurationError, UsageError } from '../../../base/errors.js';
import { isUrl } from '../../../base/realm.js';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import { clockOf, type SiteOptions } from '../../input/flags.js';
import { gather, parseCount, parseDuration, parseMoment } from '../../input/parse.js';
import { grouped } from '../../output/humanize.js';
import { logView } from '../../output/log.js';
import { note } from '../../output/note.js';
import type { OutputOptions } from '../../output/output-options.js';
import { RowOutput } from '../../output/row-output.js';
import { siteOptions } from '../../site/site.js';
import type { LogFilter } from './entries.js';
import { follow } from './follow.js';
import { Newest } from './newest.js';
import { LogReader } from './reader.js';
import { writeStream } from './stream.js';
import { assertIdKnown } from './unknown-id.js';
import { assertUsersKnown } from './unknown-users.js';
import { withUserIds } from './user-ids.js';

interface LogOptions extends SiteOptions, OutputOptions {
  since?: string;
  until?: string;
  user?: string[];
  event?: string[];
  id?: string;
  limit?: number;
  follow?: boolean;
}

const EXAMPLES = `
moin-sessions log --since 1d --user alice  # what happened to alice?
moin-sessions log --event login-failed --follow
moin-sessions log --id 3f2a --json         # all about one session
`;

/** How many entries a table shows without --limit. */
const PAGE = 1000;
/** How many earlier ones `--follow` begins with. */
const BEGINNING = 10;

export function defineLog(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  command
    .option('--since <time>', 'from this time on: 1d (ago), or ISO 8601')
    .option('--until <time>', 'up to this time')
    .option('--user <name>', 'about a user, by name or id; repeatable', gather)
    .addOption(
      new Option('--event <name>', 'of this kind; repeatable').choices(AUDIT_EVENTS).argParser(gatherEvent),
    )
    .option('--id <prefix>', 'about the sessions whose ids begin so')
    .option('--limit <count>', `only the newest (default in a table: ${grouped(PAGE)})`, parseCount)
    .option('-f, --follow', 'go on with what comes')
    .option('--wide', 'all columns, on several lines if the terminal is narrow')
    .action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

function gatherEvent(value: string, before: readonly string[] = []): string[] {
  if (!(AUDIT_EVENTS as readonly string[]).includes(value))
    throw new UsageError(`there is no such event: choose from ${AUDIT_EVENTS.join(', ')}`);
  return gather(value, before);
}

async function run(context: CliContext, options: LogOptions): Promise<void> {
  const asked = filterOf(options, clockOf(options, context.clock)());
  const output = new RowOutput(context, options, logView);
  if (options.follow && (output.format === 'json' || output.format === 'count'))
    throw new UsageError(`--follow never ends: use --format ndjson, not ${output.format}`);
  const site = await siteOptions(context, options);
  const filter = { ...asked, users: await withUserIds(context, asked.users, site) };
  const path = fileOf(site);
  const reader = new LogReader(context, path, filter);
  try {
    const entries = withId(reader.entries(options.follow !== true), output.format === 'ids');
    if (options.follow) await follow(context, output, reader, entries, options.limit ?? beginning(options));
    else await write(context, output, entries, options);
  } finally {
    reader.close();
  }
  if (reader.bad > 0 && !options.quiet)
    await note(
      context,
      `skipped ${reader.bad === 1 ? 'a line that is no entry' : `${grouped(reader.bad)} lines that are no entries`}`,
    );
  if (options.follow) return;
  const { named, knowsId } = reader;
  await assertUsersKnown(context, options, asked.users, { named, path });
  await assertIdKnown(context, options, asked.idPrefix, { knowsId, path });
}

/** `--format ids` shows the entries that are about a session. */
async function* withId(entries: AsyncIterable<AuditEntry>, isNeeded: boolean): AsyncGenerator<AuditEntry> {
  for await (const entry of entries) if (!isNeeded || entry.id !== undefined) yield entry;
}

async function write(
  context: CliContext,
  output: RowOutput<AuditEntry>,
  entries: AsyncIterable<AuditEntry>,
  { limit, wide }: Pick<LogOptions, 'limit' | 'wide'>,
): Promise<void> {
  if (output.isSilent) return;
  if (output.format === 'count' && limit === undefined) return output.writeCount(entries);
  if (output.format !== 'table' && limit === undefined) return writeStream(output, entries);
  const newest = await Newest.of(entries, limit ?? PAGE);
  await output.writeRows(newest.rows);
  if (output.format !== 'table') return;
  // At 80 columns, what says most of an entry has no room.
  if (newest.total > 0 && context.out.isTTY && !wide && !output.hasFields)
    await note(context, '--wide shows all columns, also session and command');
  if (newest.total === 0) await note(context, 'no entry matches');
  else if (newest.total > newest.rows.length)
    await note(
      context,
      `the newest ${grouped(newest.rows.length)} of ${grouped(newest.total)} entries; --limit shows more`,
    );
}

function beginning({ since }: LogOptions): number {
  return since === undefined ? BEGINNING : PAGE;
}

/** @throws ConfigurationError when there is no file to read */
function fileOf({ audit }: { audit?: string | URL }): string {
  if (audit === SYSLOG)
    throw new ConfigurationError(
      "the audit log goes to syslog, which keeps it: see 'journalctl -t moin-sessions', or grep moin-sessions in /var/log/auth.log",
    );
  if (audit !== undefined) return isUrl(audit) ? fileURLToPath(audit) : audit;
  throw new ConfigurationError(
    "this site keeps no audit log: name a file in the option 'audit' of moin-sessions.config",
  );
}

/** @throws UsageError */
function filterOf({ since, until, user, event, id }: LogOptions, now: number): LogFilter {
  if (id !== undefined && !/^[0-9a-f]{1,32}$/.test(id))
    throw new UsageError('--id takes the beginning of a session id: up to 32 digits of 0-9 and a-f');
  return {
    since: since === undefined ? Number.NEGATIVE_INFINITY : momentOf(since, now),
    until: until === undefined ? Number.POSITIVE_INFINITY : momentOf(until, now),
    users: (user ?? []).map((name) => name.normalize('NFC')),
    events: event ?? [],
    idPrefix: id ?? '',
  };
}

/** `1d` is a day ago. */
function momentOf(text: string, now: number): number {
  return /^\d[\d.]*[ywdhms]/.test(text) ? now - parseDuration(text) : parseMoment(text, now);
}
