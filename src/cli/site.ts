import type { Clock } from '../clock.js';
import { readOptions, type SessionsOptions } from '../config.js';
import { ConfigurationError } from '../errors.js';
import type { SessionAdmin } from '../session/admin.js';
import { createAdmin } from '../session/store-admin.js';
import type { SessionStore } from '../store/contract.js';
import type { UserDirectory } from '../users/directory.js';
import { type Configuration, loadConfiguration } from './config-file.js';
import type { CliContext } from './context.js';
import { momentOf, type SharedOptions } from './options.js';

/** What a command works with: the site's store and users as flags, environment and configuration name them. */
export interface Site {
  store: SessionStore;
  users: UserDirectory | undefined;
  admin: SessionAdmin;
  /** Stands still at `--at`, if that was given. */
  clock: Clock;
  /** The options as the application gets them, paths made absolute. */
  options: SessionsOptions;
}
