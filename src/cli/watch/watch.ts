import { DAY, MINUTE, SECOND } from '../../base/clock.js';
import { PartialError, UsageError } from '../../base/errors.js';
import type { CliContext } from '../context.js';
import { counted } from '../output/humanize.js';
import { note } from '../output/note.js';
import { RowOutput } from '../output/row-output.js';
import { sessionView } from '../output/sessions.js';
import { columnNamed } from '../output/view.js';
import { filterOf } from '../selection/filters.js';
import { type ListOptions, readSessions } from '../selection/list-options.js';
import { noSuchUser } from '../selection/user-names.js';
import { withSite } from '../site/site.js';
import { watchAsJournal } from './journal-output.js';
import { watchOnScreen } from './screen-output.js';
import type { Watching } from './watching.js';

/** How often to look when `--watch` has no value, at most and at least, in ms. */
const USUAL = 2 * SECOND;
const SHORTEST = 0.1 * SECOND;
/** A look over a large store may take minutes, but a clock that was set must not stop the next one. */
const LONGEST_BREAK = MINUTE;

/** `list --watch`: shows what comes, goes and changes, until Ctrl-C. @throws UsageError before anything is opened */
export async function watchList(context: CliContext, options: ListOptions): Promise<void> {
  const every = everyOf(options);
  const isJournal = isForProgramsOrDumb(context, options);
  const format = options.format ?? (context.out.isTTY ? 'table' : 'ndjson');
  const output = new RowOutput(context, { ...options, format }, sessionView);
  if (output.isSilent)
    throw new UsageError('--watch has nothing to show with --quiet: leave one of them out');
  const { sort, reverse = false, limit } = options;
  const order = { sortBy: columnNamed(sessionView, sort), reverse, limit };
  await withSite(context, options, async (site) => {
    const { filter, missing, notes } = await filterOf(options, site);
    for (const sentence of [...missing.map(noSuchUser), ...notes]) await note(context, sentence);
    if (missing.length > 0)
      throw new PartialError(`${counted(missing.length, 'user')} not found, as said above`);
    const { where } = options;
    const read = () => {
      // Relative times of --where count from each look.
      const current = typeof where === 'function' ? { ...filter, where: where(site.clock()) } : filter;
      return readSessions(site, current, [...output.columns, order.sortBy]);
    };
    const watching = { context, options, output, order, read, repeat: repeatEvery(context, every) };
    await (isJournal ? watchAsJournal(watching) : watchOnScreen(watching));
  });
}

/** Whether lines follow each other, because the output is no terminal that can draw. */
function isForProgramsOrDumb({ out, env }: CliContext, { format }: ListOptions): boolean {
  return !out.isTTY || env.TERM === 'dumb' || format === 'ndjson';
}

function everyOf({ watch, at, format, json, limit }: ListOptions): number {
  if (at !== undefined) throw new UsageError('--watch looks at the present: leave out --at');
  const named = json ? 'json' : (format ?? 'table');
  if (named !== 'table' && named !== 'ndjson')
    throw new UsageError(`--watch shows a table or events: --format ndjson in place of ${named}`);
  if (named === 'ndjson' && limit !== undefined)
    throw new UsageError('--limit is for a table: events are of all sessions that match, so leave it out');
  const every = watch === true || watch === undefined ? USUAL : watch;
  if (every >= SHORTEST && every <= DAY) return every;
  throw new UsageError('--watch looks every 0.1s to 1d: write --watch=2s');
}

function repeatEvery(context: CliContext, every: number): Watching['repeat'] {
  return async (look, onResize) => {
    for (;;) {
      const begun = context.clock();
      await look();
      const took = Math.min(LONGEST_BREAK, Math.max(0, context.clock() - begun));
      while ((await context.wait(Math.max(every, took))) === 'resized') await onResize?.();
    }
  };
}
