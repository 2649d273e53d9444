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
  options: AdapterOptions,
  more: readonly string[] = [],
): Adapter {
  assertSessions(sessions);
  assertAdapterOptions(options, more);
  const own = bare(options);
  return { sessions, forms: new LoginForms(own), onError: harmless(own.onError ?? warnOfError) };
}

/** An `onError` that does not throw: the visitor still waits for an answer, and both errors are reported. */
function harmless(onError: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      onError(error);
    } catch (failure) {
      warnOfError(error);
      warnOfError(failure);
    }
  };
}
