import type { SessionStore } from '../../store/contract.js';
import { returnWatch } from '../../store/returns.js';
import { isDry } from './bulk.js';
import type { AdminOptions } from './report.js';
import type { Tally } from './tally.js';

/**
 * Runs work that ends or removes sessions. Where another program may have written some of them back, it looks again at the end: they
 * count as failed.
 */
export async function lookingAgain(
  store: SessionStore,
  options: AdminOptions,
  work: () => Promise<Tally>,
): Promise<Tally> {
  const watch = isDry(options) ? null : (returnWatch(store)?.begin() ?? null);
  const tally = await work();
  for (const { id, bytes, error } of (await watch?.end()) ?? []) {
    tally.done -= 1;
    tally.failed += 1;
    tally.bytes -= bytes;
    if (options.onFailure === undefined) tally.unreported ??= error;
    else options.onFailure(id, error);
  }
  return tally;
}
