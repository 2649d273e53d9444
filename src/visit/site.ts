import type { AuthMethod } from '../auth/method.js';
import type { CookieSigner } from '../session/cookie/signer.js';
import type { SessionManager } from '../session/lifecycle/manager.js';
import type { UserDirectory } from '../users/directory.js';

/** What a site needs to receive requests. */
export interface Site {
  methods: readonly AuthMethod[];
  /** The names of the methods, in their order. */
  chain: readonly string[] | null;
  manager: SessionManager;
  signer: CookieSigner;
  users: UserDirectory | undefined;
  trusted: (address: string | undefined) => boolean;
  /** Of other sites whose requests count as this one's own. */
  trustedOrigins: ReadonlySet<string>;
  /** The names, as the user directory has them, of those who may change user. */
  superuser: readonly string[];
  /** How many pages the trail holds. */
  trailSize: number;
}
