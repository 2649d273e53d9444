import type { AuthMethod, AuthRequest } from '../auth/method.js';
import type { CookieOptions } from '../session/cookie/attributes.js';
import type { CookieSigner } from '../session/cookie/signer.js';
import type { SessionManager } from '../session/lifecycle/manager.js';
import type { SessionClient } from '../store/contract.js';
import type { UserDirectory } from '../users/directory.js';
import type { UserCache } from '../users/user-cache.js';
import type { AddressOf } from './client.js';

/** Everything that a request needs of its site. */
export interface Site {
  methods: readonly AuthMethod[];
  /** The names of the methods, in order. Null if `simulate` runs without a configuration that names them. */
  chain: readonly string[] | null;
  hasMoinSession: boolean;
  /** The keys whose values a login does not carry over. */
  leave: readonly string[];
  /** Whether `simulate` sends the requests. */
  isSimulated: boolean;
  /** The moment that `simulate` looks at, if sessions that began later are not there yet; in ms. */
  asOf?: number | undefined;
  /** When a visitor's session begins (A1). */
  anonymousSessions: 'returning' | 'first-visit';
  manager: SessionManager;
  signer: CookieSigner;
  cookieOptions: CookieOptions;
  users: UserDirectory | undefined;
  /** Null without the option `userCache`. */
  userCache: UserCache | null;
  /** Whether the peer at this address is a trusted proxy. */
  trusted: (address: string | undefined) => boolean;
  addressOf: AddressOf;
  /** What records keep of a request's client. */
  clientOf: (request: AuthRequest) => SessionClient | null;
  /** Origins of other sites whose requests count as this site's own. */
  trustedOrigins: ReadonlySet<string>;
  /** The names, as in the user directory, of the users who may change user. */
  superuser: readonly string[];
  /** How many pages the trail holds. */
  trailSize: number;
}
