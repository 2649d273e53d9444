import type { Clock } from '../clock.js';
import type { SessionAdmin } from './admin.js';
import type { Emit } from './events.js';
import { expiring } from './expiring.js';
import { looking } from './looking.js';
import { removing } from './removing.js';
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
