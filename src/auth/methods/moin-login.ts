import { ConfigurationError } from '../../base/errors.js';
import type { Soon } from '../../base/soon.js';
import { isDisabled, type UserDirectory } from '../../users/directory.js';
import type { AuthMethod, AuthRequest, AuthResult, AuthSite, Known } from '../method.js';
import { establishedBefore } from './vouched-user.js';

/** Characters. A longer name or password is rejected before the slow password check. */
const LONGEST = 4096;

/** `moin_login`: checks the name and password of a login form against the user directory (spec 3). */
export function moinLogin(): AuthMethod {
  return { name: 'moin_login', logsIn: true, authenticate, configure };
}

function configure({ users }: Pick<AuthSite, 'users'>): void {
  if (users !== undefined) return;
  throw new ConfigurationError(
    "moin_login needs a user directory: set the option 'users', or take it out of 'auth'",
  );
}

function authenticate(request: AuthRequest, known: Known, { users }: AuthSite): Soon<AuthResult> {
  const { user, login } = known;
  // A login without a form is one that an earlier method established by itself: its decision stands.
  if (!login || users === undefined || request.form.login !== true) {
    const text = request.crossSite?.asksForLogin
      ? `the form is ignored: ${request.crossSite.text}`
      : 'the request does not ask to log in';
    return { user, continue: true, reason: 'not-a-login', text };
  }
  // The name and password may be those of another directory, and right there (spec 3: any methods may be combined).
  const established = known.loginAccepted ? establishedBefore(known) : null;
  return established === null ? check(known, users) : { ...established, reason: 'not-a-login' };
}

/** Checks the name and the password of a form. */
async function check({ user, name, password }: Known, users: UserDirectory): Promise<AuthResult> {
  const refusal = { user, continue: true, reason: 'rejected', loginRejected: true };
  const reject = (auditReason: string, text: string) => ({ ...refusal, auditReason, text });
  if (name === '' || password === '') return reject('incomplete', 'the form lacks the name or the password');
  if (name.length > LONGEST || password.length > LONGEST)
    return reject('too-long', 'name or password is far too long');
  const entry = await users.findByName(name);
  const good = await users.verifyPassword(entry, password, name);
  if (entry === null) return reject('unknown-user', 'there is no user of this name');
  if (!good) return reject('wrong-password', `the password is not that of ${entry.name}`);
  if (isDisabled(entry)) return reject('disabled-user', `the user ${entry.name} is disabled`);
  const accepted = { id: entry.id, name: entry.name, method: 'moin_login', valid: true };
  return {
    user: accepted,
    continue: true,
    reason: 'accepted',
    text: `name and password of ${entry.name} are right`,
  };
}
