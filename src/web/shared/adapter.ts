import { bare } from '../../base/own.js';
import type { Sessions } from '../../sessions.js';
import { warnOfError } from './errors.js';
import { LoginForms } from './login-forms.js';
import type { AdapterOptions } from './options.js';

/** The sessions of a site and the options of its adapter, read once for all requests. */
export interface Adapter {
  readonly sessions: Sessions;
  readonly forms: LoginForms;
  readonly onError: (error: unknown) => void;
}

/** Reads the options that all adapters share. @throws ConfigurationError naming the option and the remedy */
export function createAdapter(sessions: Sessions, given: AdapterOptions): Adapter {
  const options = bare(given);
  return { sessions, forms: new LoginForms(options), onError: options.onError ?? warnOfError };
}
