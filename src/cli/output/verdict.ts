import type { AuthStep, AuthUser } from '../../auth/method.js';
import type { SimulatedRequest } from '../../simulate.js';

/** The reasons of steps that refuse something, in the words of every built-in method. */
const REFUSING =
  /refused|rejected|denied|failed|bad-|malformed|untrusted|^unknown|disabled-user|cross-site|server-error/;
/** The methods that find the session: `moin_session`, and in its place the service of a MoinMoin wiki of 1.9. */
const SESSION_METHODS: readonly string[] = ['moin_session', 'session_service'];
/** What the verdict has no room for. */
const PREAMBLE = /^(the cookie was fine|the signature is good), but /;
/** In a MoinMoin wiki of 1.9, a superuser may act as a user who was deleted: a valid one, whose name is empty. */
export const NAMELESS = 'a user without a name';
/** The most names of cookies to show. */
const MOST_NAMES = 5;

type Judged = Pick<SimulatedRequest, 'user' | 'steps' | 'cookies' | 'otherCookies'>;

/**
 * Who is logged in, or why nobody is, in one sentence.
 * @param show makes a name or a reason safe to be shown. Default: unchanged, for programs
 */
export function verdictOf(request: Judged, show: (text: string) => string = unchanged): string {
  if (request.user !== null) {
    const name = show(request.user.name || NAMELESS);
    const real = actorOf(request);
    return `${name} is logged in${real === null ? '' : `: ${show(real.name)} acts as ${name}`}`;
  }
  return `nobody is logged in: ${show(whyNobody(request))}`;
}

/** The superuser who acts as the user; null for a user who is logged in as such. */
export function actorOf({ user, steps }: Pick<Judged, 'user' | 'steps'>): AuthUser | null {
  if (user === null) return null;
  // A wiki has a step of its own for it; the chain of a site ends with the real user.
  const change = steps.findLast(({ reason }) => reason === 'acting-as');
  const real = (change === undefined ? steps.at(-1)?.userAfter : change.userBefore) ?? null;
  return real?.valid && real.id !== user.id ? real : null;
}

/** Whether the reason of a step refuses something. */
export function isRefusing(reason: string): boolean {
  return REFUSING.test(reason);
}

/** The step that decided that nobody is logged in; undefined in a chain without any that says so. */
export function decisiveStep({ steps }: Pick<Judged, 'steps'>): AuthStep | undefined {
  return (
    steps.findLast(({ userBefore, userAfter }) => userBefore?.valid && !userAfter?.valid) ??
    steps.find(({ reason }) => isRefusing(reason)) ??
    steps.findLast(({ method }) => SESSION_METHODS.includes(method))
  );
}

/** Up to five names, and how many more there are. */
export function someNames(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function whyNobody(request: Judged): string {
  const { cookies, otherCookies } = request;
  const step = decisiveStep(request);
  if (step === undefined) return 'no method of the chain established a user';
  if (step.reason === 'no-cookie' && SESSION_METHODS.includes(step.method) && otherCookies.length > 0)
    return `the request brings no cookie ${cookies[0]?.name}, only ${someNames(otherCookies)}`;
  if (step.reason === 'anonymous-restored') return `the cookie is a visitor's: ${step.text}`;
  return step.text === '' ? `${step.method}: ${step.reason}` : step.text.replace(PREAMBLE, '');
}

function unchanged(text: string): string {
  return text;
}
