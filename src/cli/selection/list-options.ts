import type { SessionFilter } from '../../session/admin/filter.js';
import type { SiteOptions } from '../input/flags.js';
import { isDataColumn } from '../output/data-column.js';
import type { OutputOptions } from '../output/output-options.js';
import type { ListedSession } from '../output/sessions.js';
import type { OpenSite } from '../site/site.js';
import type { FilterOptions } from './filters.js';

/** The order of `list` without `--sort`. */
export const DEFAULT_SORT = 'seen';

/** The flags of `list`. */
export interface ListOptions extends SiteOptions, OutputOptions, FilterOptions {
  sort: string;
  reverse?: boolean;
  limit?: number;
  /** How often to look, in ms. */
  watch?: number;
}

/** Reads the data of sessions only if one of the columns shows some of it. */
export function readSessions(
  { lookup }: OpenSite,
  filter: SessionFilter,
  columns: readonly { name: string }[],
): AsyncIterable<ListedSession> {
  return columns.some(({ name }) => isDataColumn(name)) ? lookup.details(filter) : lookup.list(filter);
}
