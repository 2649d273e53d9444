import { pathOf } from '../../http/url.js';
import type { AuthMethod, AuthRequest, AuthResult, Known } from '../method.js';

export interface LogOptions {
  /** Receives each line. Default: writes to standard error. */
  write?: (line: string) => void;
}

/** `log`: writes one line about each request and changes nothing (spec 3). The line has no password and no cookie. */
export function log({ write = toStderr }: LogOptions = {}): AuthMethod {
  return {
    name: 'log',
    authenticate(request: AuthRequest, known: Known): AuthResult {
      write(describe(request, known));
      return { user: known.user, continue: true, reason: 'logged', text: 'reports, changes nothing' };
    },
  };
}

function describe(
  { method, url, remoteAddress, session }: AuthRequest,
  { user, login, logout }: Known,
): string {
  const facts = {
    method,
    path: pathOf(url),
    address: remoteAddress ?? null,
    user: user?.name ?? null,
    valid: user?.valid ?? false,
    login,
    logout,
    session: session?.id ?? null,
  };
  return `moin-sessions: ${JSON.stringify(facts)}`;
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
