import type { Layout } from './layout.js';

/**
 * What a wiki's configuration says, under the names that it has there. Every setting is optional, and a missing one has
 * MoinMoin's default. The store itself needs `user_dir` alone, and that only for 1.6; `simulate` needs the others.
 */
export interface WikiSettings {
  /** The end of the cookie's name (1.9): `MOIN_SESSION_` and this. Default: made from `server_port` and `script_name`. */
  cookie_name?: string;
  /** Hours of a login; in 1.9 also two numbers, for visitors and for users. */
  cookie_lifetime?: number | readonly [number, number];
  /** Hours of a visitor's session (1.6). */
  anonymous_cookie_lifetime?: number;
  /** Hours of a visitor's session (1.9), where `cookie_lifetime` is one number. */
  anonymous_session_lifetime?: number;
  /** The names of the users who may act as others. */
  superuser?: readonly string[];
  /**
   * The folder of the users, as the wiki's server spells it. 1.6 makes the names of the files with secrets from it, so a wiki
   * that was moved needs it. Users are read from here if this folder exists, else from `data/user`.
   */
  user_dir?: string;
  /** The names of the auth methods, in order: `moin`, `given`, `http`, `sslclientcert`, `moin_login`, `moin_session`, … */
  auth?: readonly string[];
  /** How many pages the trail keeps. */
  trail_size?: number;
  cookie_path?: string;
  cookie_domain?: string;
  /** Null (the default): whenever the request came over HTTPS. */
  cookie_secure?: boolean | null;
  cookie_httponly?: boolean;
  /** The port that the wiki's server takes itself to have (1.9). */
  server_port?: number;
  /** The path that the wiki is mounted on (1.9). Default: the root. */
  script_name?: string;
}

/**
 * Checks settings from outside.
 * @param layout refuses settings that this MoinMoin does not have. Default: takes those of either
 * @throws ConfigurationError that names the setting
 */
export function checkSettings(given: unknown, layout?: Layout): WikiSettings {
  throw new Error(`not written yet: ${given} ${layout}`);
}
