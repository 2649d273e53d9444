import { andThen, isPromise, type Soon } from '../base/soon.js';
import type { UserFields } from '../users/directory.js';
import { assertSession, type NewUserAnswer, namesNewUser, readAnswer } from './answer.js';
import type { ChainState } from './chain-state.js';
import { establish } from './establish.js';
import type { AuthMethod, AuthRequest, ChainSite } from './method.js';

/**
 * Runs the methods in order until one ends the chain. An error of a method ends the request (spec 3).
 * @param state learns what each method answers
 */
export function runChain(
  methods: readonly AuthMethod[],
  request: AuthRequest,
  state: ChainState,
  site: ChainSite,
): Soon<void> {
  for (let index = 0; index < methods.length; index++) {
    const goesOn = runMethod(methods[index] as AuthMethod, request, state, site);
    if (isPromise(goesOn)) return goesOn.then((on) => (on ? runFrom(index + 1) : undefined));
    if (!goesOn) return;
  }

  function runFrom(next: number): Soon<void> {
    return runChain(methods.slice(next), request, state, site);
  }
}

/** Runs one method. Returns whether the chain goes on. */
function runMethod(
  method: AuthMethod,
  request: AuthRequest,
  state: ChainState,
  site: ChainSite,
): Soon<boolean> {
  const { known } = state;
  const sessionBefore = request.session;
  site.context.asking = method.name;
  return andThen(method.authenticate(request, known, site), (given) => {
    const own = readAnswer(method, given);
    // Before `establish`, which makes a refused login none.
    state.isLogin ||= own.login === true || own.loginRejected === true;
    const isNew = namesNewUser(own, known);
    return andThen(isNew ? establish(method, own, known, site) : own, (answer) => {
      if (isNew) state.fields = fieldsAfter(state, own.user as NewUserAnswer['user']);
      const hasOpened = request.session !== sessionBefore;
      if (hasOpened) assertSession(method, request.session);
      state.learn(method, answer, hasOpened);
      return answer.continue;
    });
  });
}

/** A method that names the user of before, as `moin_session` does by the cookie, leaves the fields that it does not give. */
function fieldsAfter({ user, fields }: ChainState, named: NewUserAnswer['user']): UserFields {
  return named.id === user?.id ? { ...fields, ...named } : named;
}
