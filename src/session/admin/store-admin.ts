import type { Clock } from '../../base/clock.js';
import type { Emit } from '../lifecycle/events.js';
import type { SessionAdmin } from './admin.js';
import { expiring } from './expire.js';
import { looking } from './lookup.js';
import { removing } from './purge.js';
import type { Sources } from './select.js';

export interface AdminDependencies extends Sources {
  clock: Clock;
  /** Gets `ended` for each session, and `purged` with the count of them. */
  emit?: Emit;
}

/** Administration of the sessions in a store, for the command line and for `Sessions` alike. */
export function createAdmin(dependencies: AdminDependencies): SessionAdmin {
  return { ...looking(dependencies), ...expiring(dependencies), ...removing(dependencies) };
}
