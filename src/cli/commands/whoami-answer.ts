import type { AuthStep } from '../../auth/method.js';
import type { SessionDetail } from '../../session/admin/info.js';
import type { SimulatedRequest } from '../../simulate.js';
import { actorOf, decisiveStep } from '../output/verdict.js';
import type { WhoAmI } from '../output/who-am-i.js';

/** What `whoami` answers to the result of a simulation. @param text the answer in one sentence */
export function answer(
  result: SimulatedRequest,
  sessionId: string | null,
  session: SessionDetail | null,
  text: string,
): WhoAmI {
  const { user } = result;
  const step = user === null ? decisiveStep(result) : establishingStep(result);
  return {
    user: user?.name ?? null,
    userId: user?.id ?? null,
    realUser: actorOf(result)?.name ?? null,
    method: user?.method ?? null,
    sessionId,
    kind: session?.kind ?? null,
    state: session?.state ?? null,
    reason: step?.reason ?? null,
    text,
    cookieExpires: session?.cookieExpires ?? null,
    expires: session?.expires ?? null,
  };
}

function establishingStep({ steps }: SimulatedRequest): AuthStep | undefined {
  return steps.findLast(({ userBefore, userAfter }) => userAfter?.valid && userBefore?.id !== userAfter.id);
}
