import type { UserFields } from '../users/directory.js';
import { assertSession, type NewUserAnswer, namesNewUser, readAnswer } from './answer.js';
import type { ChainState } from './chain-state.js';
import { establish } from './establish.js';
import type { AuthMethod, AuthRequest, AuthResult, ChainSite } from './method.js';

/**
 * Runs the methods in order until one ends the chain. An error of a method ends the request (spec 3).
 * @param state learns what each method answers
 */
export async function runChain(
  methods: readonly AuthMethod[],
  request: AuthRequest,
  state: ChainState,
  site: ChainSite,
): Promise<void> {
  for (const method of methods) {
    const { known } = state;
    const sessionBefore = request.session;
    site.context.asking = method.name;
    const given = method.authenticate(request, known, site);
    // Await promises only: an `await` of a plain result would cost more than most methods do.
    const own = readAnswer(method, isPromise(given) ? await given : given);
    // Before `establish`, which makes a refused login none.
    state.isLogin ||= own.login === true || own.loginRejected === true;
    const isNew = namesNewUser(own, known);
    const answer = isNew ? await establish(method, own, known, site) : own;
    if (isNew) state.fields = fieldsAfter(state, own.user);
    const hasOpened = request.session !== sessionBefore;
    if (hasOpened) assertSession(method, request.session);
    state.learn(method, answer, hasOpened);
    if (!answer.continue) break;
  }
}

/** A method that names the user of before, as `moin_session` does by the cookie, leaves the fields that it does not give. */
function fieldsAfter({ user, fields }: ChainState, named: NewUserAnswer['user']): UserFields {
  return named.id === user?.id ? { ...fields, ...named } : named;
}

function isPromise(answer: AuthResult | Promise<AuthResult>): answer is Promise<AuthResult> {
  return typeof (answer as { then?: unknown } | null | undefined)?.then === 'function';
}
