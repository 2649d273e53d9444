import type { Command } from 'commander';
import { PartialError } from '../../base/errors.js';
import type { SessionDetail } from '../../session/admin/info.js';
import type { SessionLookup } from '../../session/admin/lookup.js';
import type { CliContext } from '../context.js';
import { formatOf, isSilent, type SharedOptions } from '../input/flags.js';
import { detailText } from '../output/detail.js';
import { note } from '../output/note.js';
import { rowsOptions } from '../output/output-options.js';
import { type RowsOptions, writeRows, writeText } from '../output/rows.js';
import { detailView } from '../output/sessions.js';
import { chooseColumns } from '../output/view.js';
import { noSuchSession, resolveIds } from '../selection/session-ids.js';
import { withSite } from '../site/site.js';

const EXAMPLES = `Examples:
  moin-sessions inspect 3f2a                 the session whose id begins so
  moin-sessions inspect 3f2a 90be --json     an array of both, in this order
  moin-sessions inspect 3f2a --fields data
`;

export function defineInspect(command: Command, context: CliContext): void {
  command
    .addHelpText('before', EXAMPLES)
    .argument('<id...>', 'ids, or their first digits (4 or more)')
    .addHelpText('after', '\nJSON is an array of sessions, also for one id, in the order of the ids.')
    .action((ids: string[], _options, self: Command) => run(context, ids, self.optsWithGlobals()));
}

async function run(context: CliContext, named: string[], options: SharedOptions): Promise<void> {
  chooseColumns(detailView, options.fields, false);
  await withSite(context, options, async ({ lookup, clock }) => {
    const { ids, missing } = await resolveIds(lookup, named);
    for (const id of missing) await note(context, noSuchSession(id));
    const show = await rowsOptions(context, options, clock());
    if (!isSilent(options)) await write(context, details(lookup, ids), show, formatOf(options) === 'table');
    if (missing.length > 0) throw new PartialError(`${missing.length} of ${named.length} were not found`);
  });
}

async function write(
  context: CliContext,
  sessions: AsyncIterable<SessionDetail>,
  show: RowsOptions,
  forPeople: boolean,
): Promise<void> {
  if (forPeople) return writeText(context.out, pages(sessions, show));
  await writeRows(context.out, detailView, withReasons(context, sessions), show);
}

async function* details(lookup: SessionLookup, ids: readonly string[]): AsyncGenerator<SessionDetail> {
  for (const id of ids) {
    const session = await lookup.get(id);
    if (session !== null) yield session;
  }
}

async function* pages(sessions: AsyncIterable<SessionDetail>, show: RowsOptions): AsyncGenerator<string> {
  const columns = chooseColumns(detailView, show.fields, false);
  let before = '';
  for await (const session of sessions) {
    yield before + detailText(session, columns, show);
    before = '\n';
  }
}

/** The formats for programs have no field for why a session is unreadable: that goes to stderr. */
async function* withReasons(
  context: CliContext,
  sessions: AsyncIterable<SessionDetail>,
): AsyncGenerator<SessionDetail> {
  for await (const session of sessions) {
    if (session.unreadable !== undefined)
      await note(context, `session ${session.id} is unreadable: ${session.unreadable}`);
    yield session;
  }
}
