import type { Command } from 'commander';
import { NotFoundError, PartialError, UsageError } from '../../base/errors.js';
import type { SessionDetail } from '../../session/admin/info.js';
import type { SessionLookup } from '../../session/admin/lookup.js';
import { findEntry } from '../../session/admin/select.js';
import type { SessionStore } from '../../store/contract.js';
import type { CliContext } from '../context.js';
import { addExamples, addNotes } from '../help/texts.js';
import type { SiteOptions } from '../input/flags.js';
import { detailText } from '../output/detail.js';
import { note } from '../output/note.js';
import type { OutputOptions } from '../output/output-options.js';
import { RowOutput } from '../output/row-output.js';
import { detailView } from '../output/sessions.js';
import { ID_HELP, noSuchSession, resolveIds } from '../selection/session-ids.js';
import { logHint } from '../site/log-hint.js';
import { withSite } from '../site/site.js';

interface InspectOptions extends SiteOptions, OutputOptions {}

const EXAMPLES = `
moin-sessions inspect 3f2a              # the one whose id begins so
moin-sessions inspect 3f2a 90be --json  # both as one array, in this order
moin-sessions inspect 3f2a --fields data
`;

export function defineInspect(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, 'JSON is an array of sessions in the order of the ids, even for one id.');
  command
    .argument('<id...>', ID_HELP)
    .action((ids: string[], _options, self: Command) => run(context, ids, self.optsWithGlobals()));
}

async function run(context: CliContext, prefixes: string[], options: InspectOptions): Promise<void> {
  if (prefixes.includes('-'))
    throw new UsageError('inspect reads no ids from stdin: name them, or run it by xargs');
  const output = new RowOutput(context, options, detailView);
  await withSite(context, options, async ({ lookup, store, asOf, options: site }) => {
    const { ids, missing } = await resolveIds(lookup, prefixes, { hint: (id) => logHint(site, id) });
    for (const id of missing)
      await note(context, [noSuchSession(id), logHint(site, id)].filter(Boolean).join('; '));
    const tooNew = await later(store, ids, asOf);
    if (tooNew.length === ids.length) throw new NotFoundError(tooNew.join(', '));
    for (const sentence of tooNew) await note(context, sentence);
    const sessions = details(lookup, ids);
    if (output.format === 'table') await output.writeTexts(pages(sessions, output));
    else await output.writeRows(namesOnly(output) ? sessions : noteReasons(sessions, context));
    const lacking = missing.length + tooNew.length;
    if (lacking > 0) throw new PartialError(`${lacking} of ${prefixes.length} were not found`);
  });
}

/** Sentences on the sessions that were not there yet at `asOf`. */
async function later(
  store: SessionStore,
  ids: readonly string[],
  asOf: number | undefined,
): Promise<string[]> {
  if (asOf === undefined) return [];
  const sentences: string[] = [];
  for (const id of ids) {
    const created = (await findEntry(store, id))?.record?.created ?? asOf;
    if (created > asOf)
      sentences.push(
        `session ${id} begins at ${new Date(created).toISOString()}, later than --at: it is not there yet`,
      );
  }
  return sentences;
}

async function* details(lookup: SessionLookup, ids: readonly string[]): AsyncGenerator<SessionDetail> {
  for (const id of ids) {
    const session = await lookup.get(id);
    if (session !== null) yield session;
  }
}

async function* pages(
  sessions: AsyncIterable<SessionDetail>,
  output: RowOutput<SessionDetail>,
): AsyncGenerator<string> {
  const look = { now: output.now(), style: await output.style() };
  let separator = '';
  for await (const session of sessions) {
    yield separator + detailText(session, output.columns, look);
    separator = '\n';
  }
}

/** Whether a program asks which sessions there are, and not how they are. */
function namesOnly({ format }: RowOutput<SessionDetail>): boolean {
  return format === 'ids' || format === 'count';
}

/** Notes on stderr why a session is unreadable or refused, because the formats for programs have no field for the reason. */
async function* noteReasons(
  sessions: AsyncIterable<SessionDetail>,
  context: CliContext,
): AsyncGenerator<SessionDetail> {
  for await (const session of sessions) {
    if (session.unreadable !== undefined)
      await note(context, `session ${session.id} is unreadable: ${session.unreadable}`);
    if (session.refused !== undefined)
      await note(context, `session ${session.id} is refused: ${session.refused}`);
    yield session;
  }
}
