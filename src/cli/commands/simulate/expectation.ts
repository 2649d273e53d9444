import { MoinSessionsError } from '../../../base/errors.js';
import type { SimulatedRequest } from '../../../simulate.js';

/** The result that a script expects of the last request (spec 7). */
export interface ExpectOptions {
  expectUser?: string;
  expectAnonymous?: boolean;
  expectSession?: boolean;
  expectNone?: boolean;
}

/** Thrown when the result differs from `--expect…`. */
class ExpectationError extends MoinSessionsError {
  override readonly exitCode = 3;
}

/** @throws ExpectationError that names the expected and the actual result */
export function assertExpected(request: SimulatedRequest, expected: ExpectOptions): void {
  const unmet = expectations(request, expected).filter(({ met }) => !met);
  if (unmet.length === 0) return;
  const wanted = unmet.map(({ what }) => what).join(' and ');
  throw new ExpectationError(`expected ${wanted}, but there is ${actual(request)}: the steps say why`);
}

function expectations({ user, session }: SimulatedRequest, expected: ExpectOptions) {
  const { expectUser, expectAnonymous, expectSession, expectNone } = expected;
  const available = session?.available === true;
  return [
    expectUser !== undefined && {
      what: `user '${expectUser}'`,
      met: user !== null && (user.name === expectUser || user.id === expectUser),
    },
    expectAnonymous && {
      what: 'an anonymous session',
      met: user === null && available && session.kind === 'anonymous',
    },
    expectSession && { what: 'an available session', met: available },
    expectNone && { what: 'neither user nor session', met: user === null && !available },
  ].filter((expectation) => typeof expectation === 'object');
}

function actual({ user, session }: SimulatedRequest): string {
  const who = user === null ? 'no user' : `user '${user.name}'`;
  return `${who} and ${session?.available ? `a session of kind ${session.kind}` : 'no available session'}`;
}
