import { bare } from '../../base/own.js';
import type { Sessions } from '../../sessions.js';
import { warnOfError } from './errors.js';
import { LoginForms } from './login-forms.js';
import { type AdapterOptions, assertAdapterOptions, assertSessions } from './options.js';

/** The sessions of a site and the options of its adapter, read once for all requests. */
export interface Adapter {
  readonly sessions: Sessions;
  readonly forms: LoginForms;
  readonly onError: (error: unknown) => void;
}

/**
 * Reads the options that all adapters share.
 * @param more names of the adapter's own options
 * @throws ConfigurationError naming the option and the remedy
 */
export function createAdapter(
  sessions: Sessions,
  given: AdapterOptions,
  more: readonly string[] = [],
): Adapter {
  assertSessions(sessions);
  assertAdapterOptions(given, more);
  const options = bare(given);
  return { sessions, forms: new LoginForms(options), onError: options.onError ?? warnOfError };
}
