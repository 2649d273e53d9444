import type { AuthMethod, AuthRequest, AuthResult, Known } from '../method.js';

export interface LogOptions {
  /** Where a line goes. Default: standard error. */
  write?: (line: string) => void;
}

/** `log`: reports what it sees, changes nothing (spec 3). Neither passwords nor cookies stand in its lines. */
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
    path: url.split('?', 1)[0],
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
