import type { OutgoingHttpHeaders } from 'node:http';
import type { IncomingRequest } from '../http/request.js';
import type { SetCookie } from '../session/cookie/response-cookie.js';
import type { Session } from '../session/session.js';
import type { Visit } from '../visit/visit.js';

/** Header fields of an answer, as `commit()`, `node:http`, Fetch, supertest and `inject` give them. */
export type AnswerHeaders = OutgoingHttpHeaders | NonNullable<IncomingRequest['headers']>;

/** The result of a request. */
export interface Answer {
  /** With the trace, and the response of an auth method, if there is one. */
  visit: Visit;
  /** The name of the user who is logged in, or null. */
  user: string | null;
  /** As `act` left it, saved. */
  session: Session;
  /** The headers of `visit.commit()`. */
  headers: Awaited<ReturnType<Visit['commit']>>;
  /** What the answer did with the session cookie, or null. */
  sent: SetCookie | null;
  /** The reason of each step, by the name of the auth method. A method that was not asked has none. */
  reasons: Partial<Record<string, string>>;
}

export function answerOf(visit: Visit, headers: Answer['headers']): Answer {
  return {
    visit,
    user: visit.user?.name ?? null,
    session: visit.session,
    headers,
    sent: visit.outgoing()[0] ?? null,
    reasons: Object.fromEntries(visit.trace.map(({ method, reason }) => [method, reason])),
  };
}
