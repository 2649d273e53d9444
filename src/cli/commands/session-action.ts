import type { SessionAdmin } from '../../session/admin/admin.js';
import type { SessionInfo } from '../../session/admin/info.js';
import type { ExpireOptions } from '../../session/admin/report.js';
import type { SessionStore } from '../../store/contract.js';
import type { CliContext } from '../context.js';
import type { SiteOptions, WritingOptions } from '../input/flags.js';
import type { OutputOptions } from '../output/output-options.js';
import type { ActionWords, Report } from '../output/report.js';
import type { IdsOrFilter, SelectionOptions } from '../selection/select-sessions.js';
import type { OpenSite } from '../site/site.js';

/** The flags of `expire` and `purge`. */
export interface EndOptions extends SiteOptions, OutputOptions, WritingOptions, SelectionOptions {
  verbose?: boolean;
  /** Only of `expire`. */
  reason?: string;
}

/** The differences between `expire` and `purge`. */
export interface SessionAction extends ActionWords {
  /** Whether the action changes this session. `isNamed`: the session is named by its id. */
  changes(session: Pick<SessionInfo, 'state' | 'cookieExpires'>, isNamed: boolean): boolean;
  /** Whether sessions that are not counted yet may be done when the process ends at once. */
  isAhead(store: SessionStore, which: IdsOrFilter): boolean;
  perform(admin: SessionAdmin, which: IdsOrFilter, options: ExpireOptions): Promise<Report>;
}

/** One run of an action with its selected sessions. */
export interface ActionRun {
  context: CliContext;
  action: SessionAction;
  options: EndOptions;
  site: OpenSite;
  which: IdsOrFilter;
  /** Whether stdin holds the ids: then nobody can answer a question there. */
  isPiped: boolean;
}
