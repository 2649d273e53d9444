import type { StoreEntry } from '../../store/contract.js';
import type { AdminOptions } from './report.js';
import type { AdminSources, Selection } from './select.js';
import type { Outcome } from './tally.js';

/** What is done with one session of a selection. */
export type Action = (entry: StoreEntry) => Promise<Outcome>;

/** The action, which also calls `onSession` with each session that it has done, as it was before. */
export function showing(
  action: Action,
  selection: Selection,
  { clock }: AdminSources,
  { onSession }: AdminOptions,
): Action {
  if (onSession === undefined) return action;
  return async (entry) => {
    const session = selection.describe(entry, clock());
    const outcome = await action(entry);
    if (outcome?.done) onSession(session);
    return outcome;
  };
}
