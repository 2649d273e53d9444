import type { Command } from 'commander';
import { NotFoundError, PartialError, UsageError } from '../../base/errors.js';
import { isMoinStore } from '../../moin/is-moin-store.js';
import type { Layout } from '../../moin/layout.js';
import type { MoinStore } from '../../moin/store.js';
import { findEntry } from '../../session/admin/select.js';
import type { SessionStore } from '../../store/contract.js';
import type { CliContext } from '../context.js';
import { addExamples, addNotes } from '../help/texts.js';
import type { SiteOptions } from '../input/flags.js';
import { detailText } from '../output/detail.js';
import { note } from '../output/note.js';
import type { OutputOptions } from '../output/output-options.js';
import { RowOutput } from '../output/row-output.js';
import { detailView, type RevealedSession, revealedView } from '../output/sessions.js';
import { goneSession, ID_HELP, resolveIds } from '../selection/session-ids.js';
import { logHint } from '../site/log-hint.js';
import { type OpenSite, withSite } from '../site/site.js';
import { actingAs } from './acting-as.js';

interface InspectOptions extends SiteOptions, OutputOptions {
  reveal?: boolean;
}

const EXAMPLES = `
moin-sessions inspect 3f2a              # the one whose id begins so
moin-sessions inspect 3f2a 90be --json  # both as one array, in this order
moin-sessions inspect 3f2a --fields data
moin-sessions inspect 3f2a --store moin:/srv/wiki/data --reveal
`;

export function defineInspect(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, 'JSON is an array of sessions in the order of the ids, even for one id.');
  command
    .argument('<id...>', ID_HELP)
    .option('--reveal', 'of a MoinMoin wiki: also show the file, whose name is the secret')
    .action((ids: string[], _options, self: Command) => run(context, ids, self.optsWithGlobals()));
}

async function run(context: CliContext, prefixes: string[], options: InspectOptions): Promise<void> {
  if (prefixes.includes('-'))
    throw new UsageError('inspect reads no ids from stdin: name them, or run it by xargs');
  const output = new RowOutput<RevealedSession>(context, options, options.reveal ? revealedView : detailView);
  await withSite(context, options, async (site) => {
    const { lookup, store, asOf } = site;
    if (options.reveal) assertReveals(store);
    const hint = (id: string) => logHint(site.options, id);
    const { ids, missing } = await resolveIds(lookup, prefixes, { hint });
    for (const id of missing) await note(context, goneSession(id, hint(id)));
    const tooNew = await later(store, ids, asOf);
    if (tooNew.length === ids.length) throw new NotFoundError(tooNew.join(', '));
    for (const sentence of tooNew) await note(context, sentence);
    const sessions = details(site, ids, options);
    if (output.format === 'table') await output.writeTexts(pages(site, sessions, output));
    else await output.writeRows(namesOnly(output) ? sessions : noteReasons(site, sessions, context));
    const lacking = missing.length + tooNew.length;
    if (lacking > 0) throw new PartialError(`${lacking} of ${prefixes.length} were not found`);
  });
}

/** @throws UsageError for a store whose files name no secret */
function assertReveals(store: SessionStore): asserts store is MoinStore {
  if (isMoinStore(store)) return;
  throw new UsageError(
    '--reveal is for MoinMoin wikis, where the name of the file is the secret that opens the session: no other store holds a token, so leave it out',
  );
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

async function* details(
  { lookup, store }: OpenSite,
  ids: readonly string[],
  { reveal = false }: InspectOptions,
): AsyncGenerator<RevealedSession> {
  for (const id of ids) {
    const session = await lookup.get(id);
    if (session === null) continue;
    yield reveal && isMoinStore(store) ? { ...session, file: await store.reveal(id) } : session;
  }
}

async function* pages(
  site: OpenSite,
  sessions: AsyncIterable<RevealedSession>,
  output: RowOutput<RevealedSession>,
): AsyncGenerator<string> {
  const look = { now: output.now(), style: await output.style(), layout: layoutOf(site.store) };
  let separator = '';
  for await (const session of sessions) {
    const actsAs = await actingAs(site, session);
    yield separator + detailText(session, output.columns, { ...look, actsAs });
    separator = '\n';
  }
}

/** Whether a program asks which sessions there are, and not how they are. */
function namesOnly({ format }: RowOutput<RevealedSession>): boolean {
  return format === 'ids' || format === 'count';
}

function layoutOf(store: SessionStore): Layout | null {
  return isMoinStore(store) ? store.layout : null;
}

/**
 * Notes on stderr why a session is unreadable or refused, and as whom it acts, because the formats for programs have no field for
 * that.
 */
async function* noteReasons(
  site: OpenSite,
  sessions: AsyncIterable<RevealedSession>,
  context: CliContext,
): AsyncGenerator<RevealedSession> {
  for await (const session of sessions) {
    if (session.unreadable !== undefined)
      await note(context, `session ${session.id} is unreadable: ${session.unreadable}`);
    if (session.refused !== undefined)
      await note(context, `session ${session.id} is refused: ${session.refused}`);
    const actsAs = await actingAs(site, session);
    if (actsAs !== null) await note(context, `session ${session.id} acts as ${actsAs}`);
    yield session;
  }
}
