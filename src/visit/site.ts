import type { AuthMethod } from '../auth/method.js';
import type { CookieSigner } from '../session/cookie/signer.js';
import type { SessionManager } from '../session/lifecycle/manager.js';
import type { UserDirectory } from '../users/directory.js';

/** Everything that a request needs of its site. */
export interface Site {
  methods: readonly AuthMethod[];
  /** The names of the methods, in order. Null if `simulate` runs without a configuration that names them. */
  chain: readonly string[] | null;
  /** The keys whose values a login does not carry over; null when the chain has no `moin_session`. */
  leave: readonly string[] | null;
  manager: SessionManager;
  signer: CookieSigner;
  users: UserDirectory | undefined;
  /** Whether the peer at this address is a trusted proxy. */
  trusted: (address: string | undefined) => boolean;
  /** Origins of other sites whose requests count as this site's own. */
  trustedOrigins: ReadonlySet<string>;
  /** The names, as in the user directory, of the users who may change user. */
  superuser: readonly string[];
  /** How many pages the trail holds. */
  trailSize: number;
}
