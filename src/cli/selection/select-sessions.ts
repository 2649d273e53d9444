import { UsageError } from '../../base/errors.js';
import type { EndingFilter } from '../../session/admin/filter-check.js';
import type { CliContext } from '../context.js';
import { logHint } from '../site/log-hint.js';
import type { OpenSite } from '../site/site.js';
import { assertFilters, assertOne, type FilterOptions, givenFilters } from './filters.js';
import { goneSession, namedIds, resolveIds } from './session-ids.js';
import { filterOf } from './site-filter.js';
import { noSuchUser } from './user-names.js';

export type IdsOrFilter = readonly string[] | EndingFilter;

export function isIdList(which: IdsOrFilter): which is readonly string[] {
  return Array.isArray(which);
}

/** The sessions that the command line selects for `expire` or `purge`. */
export interface SelectedSessions {
  which: IdsOrFilter;
  /** One sentence for each named id or user that does not exist. */
  missing: string[];
  /** Sentences for the operator. */
  notes: string[];
}

export interface SelectionOptions extends FilterOptions {
  all?: boolean;
}

/** @throws UsageError when the command line selects nothing, or flags exclude each other */
export function assertSelection(ids: readonly string[], options: SelectionOptions): void {
  const filters = givenFilters(options);
  const given = [ids.length > 0 && 'ids', options.all && '--all', filters[0]].filter((word) => !!word);
  if (given.length === 0)
    throw new UsageError(
      'nothing is named: give ids, - for ids on stdin, filters such as --user or --expired, or --all',
    );
  assertOne(given as string[]);
  if (options.unreadable)
    throw new UsageError(
      "an unreadable record is removed by its id alone: look at 'moin-sessions list --unreadable', then name the ids",
    );
  assertFilters(options);
}

/**
 * @param args ids, or their first digits; `-` for those on stdin
 * @throws UsageError for a text that is not an id; NotFoundError when none of the named ids or users exists
 */
export async function selectSessions(
  { stdin }: Pick<CliContext, 'stdin'>,
  site: OpenSite,
  args: readonly string[],
  options: SelectionOptions,
): Promise<SelectedSessions> {
  if (options.all) return { which: { all: true }, missing: [], notes: [] };
  if (args.length > 0) {
    const hint = (id: string) => logHint(site.options, id);
    const { ids, missing } = await resolveIds(site.lookup, await namedIds(stdin, args), { hint });
    return { which: ids, missing: missing.map((id) => goneSession(id, hint(id))), notes: [] };
  }
  const { filter, missing, notes } = await filterOf(options, site);
  return { which: filter, missing: missing.map(noSuchUser), notes };
}
