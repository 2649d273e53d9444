import { MoinSessionsError, NotFoundError } from '../../base/errors.js';
import type { Json } from '../../base/json.js';
import { type Edited, editValue, judge } from '../../session/admin/edit-value.js';
import type { SessionDetail } from '../../session/admin/info.js';
import { findEntry } from '../../session/admin/select.js';
import type { SessionState } from '../../session/lifecycle/state.js';
import { unreadableError } from '../../store/denied.js';
import type { CliContext } from '../context.js';
import { assertWritableNow, type SiteOptions, type WritingOptions } from '../input/flags.js';
import { shortBytes, shortId } from '../output/humanize.js';
import { note } from '../output/note.js';
import type { OutputOptions } from '../output/output-options.js';
import { RowOutput } from '../output/row-output.js';
import { fieldView, type View } from '../output/view.js';
import { shown } from '../output/words.js';
import { noSuchSession, resolveIds } from '../selection/session-ids.js';
import { logHint } from '../site/log-hint.js';
import { type OpenSite, refuseWiki, withSite } from '../site/site.js';
import { NO_VALUES_INTO_WIKI } from './wiki-notes.js';

export interface EditOptions extends SiteOptions, OutputOptions, WritingOptions {}

/** What `set` and `unset` report. The sizes are those of the value as JSON; null where there is none. */
interface EditReport {
  id: string;
  key: string;
  oldBytes: number | null;
  newBytes: number | null;
  revision: number;
  changed: boolean;
  dryRun: boolean;
}

const FIELDS = ['id', 'key', 'oldBytes', 'newBytes', 'revision', 'changed', 'dryRun'] as const;

const editView: View<EditReport> = fieldView(FIELDS, ({ id }) => id);

/** Sets or removes one value of a session, and reports its size before and after, never the value. */
export async function editSession(
  context: CliContext,
  prefix: string,
  key: string,
  options: EditOptions,
  readValue: () => Promise<Json | undefined>,
): Promise<void> {
  assertWritableNow(options);
  await refuseWiki(context, options, NO_VALUES_INTO_WIKI);
  const output = new RowOutput(context, options, editView);
  const edit = { key, value: await readValue() };
  const dryRun = options.dryRun === true;
  await withSite(
    context,
    options,
    async (site) => {
      const hint = (gone: string) => logHint(site.options, gone);
      const [id = ''] = (await resolveIds(site.lookup, [prefix], { hint })).ids;
      // Before the change: a directory that cannot be asked must not leave it half told.
      const before = await site.lookup.get(id);
      const edited = dryRun
        ? await foreseen(site, id, edit)
        : await editValue(site.store, id, edit, site.clock);
      if (edited.outcome === 'absent') throw new NotFoundError(`${noSuchSession(id)} any more`);
      if (edited.outcome === 'over') throw over(id);
      const { oldBytes, newBytes, revision } = edited;
      const report = { id, key, oldBytes, newBytes, revision, changed: edited.outcome === 'changed', dryRun };
      if (report.changed && !dryRun) noteInAudit(site, before, edit);
      await write(output, report);
      if (!options.quiet) await noteClosed(context, id, before?.state);
    },
    { readOnly: dryRun, refusesWiki: NO_VALUES_INTO_WIKI },
  );
}

/** Names the key, never the value. */
function noteInAudit(
  site: OpenSite,
  session: SessionDetail | null,
  { key, value }: { key: string; value: Json | undefined },
): void {
  const event = value === undefined ? 'value-unset' : 'value-set';
  const { id, userId, userName } = session ?? {};
  site.audit({ event, id, user: userName ?? undefined, userId: userId ?? undefined, reason: `key ${key}` });
}

async function foreseen(
  { store, clock }: OpenSite,
  id: string,
  edit: { key: string; value: Json | undefined },
): Promise<Edited> {
  const entry = await findEntry(store, id);
  if (entry === null) return { outcome: 'absent' };
  if (entry.record === null) throw unreadableError(entry);
  return judge(entry.record, edit, clock());
}

function over(id: string): MoinSessionsError {
  return new MoinSessionsError(
    `session ${id} is over, and its values stay as they are: see 'moin-sessions inspect ${id}'`,
  );
}

async function write(output: RowOutput<EditReport>, report: EditReport): Promise<void> {
  if (output.format !== 'table' || output.hasFields) return output.writeSingle(report);
  await output.write(`${shown(sentence(report))}\n`);
}

function sentence({ id, key, oldBytes, newBytes, revision, changed, dryRun }: EditReport): string {
  const value = `${JSON.stringify(key)} of session ${shortId(id)}`;
  if (!changed && newBytes === null) return `Nothing to do: there is no ${value}.`;
  if (!changed) return `Nothing to do: ${value} has this value already.`;
  const opening = newBytes === null ? ['Removed', 'Would remove'] : ['Set', 'Would set'];
  const sizes =
    newBytes === null
      ? `${shortBytes(oldBytes ?? 0)} before`
      : `${shortBytes(newBytes)}, ${oldBytes === null ? 'not there before' : `${shortBytes(oldBytes)} before`}`;
  return `${opening[dryRun ? 1 : 0]} ${value} (${sizes}); revision ${dryRun ? `stays ${revision}` : revision}.`;
}

/** Says of a session whose cookie opens nothing that nobody will see the value. */
async function noteClosed(context: CliContext, id: string, state: SessionState | undefined): Promise<void> {
  if (state !== 'refused' && state !== 'grace') return;
  await note(
    context,
    `session ${id} is ${state === 'grace' ? 'in grace' : state}: its cookie opens nothing, see inspect`,
  );
}
