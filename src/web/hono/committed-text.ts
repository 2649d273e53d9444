import type { ResponseProgress } from '../../session/request/response-progress.js';
import { asSiteVisit, type SiteVisit } from '../../visit/site-visit.js';
import type { Visit } from '../../visit/visit.js';
import { holdResponse } from '../node/hold/hold.js';
import type { Committing } from '../node/hold/visits.js';
import type { NodeResponse } from '../node/server-types.js';
import { addCommitHeaders, type CommitHeaders, warnOfLateCookie } from '../shared/commit-headers.js';

interface Server {
  /** The response of `@hono/node-server`. */
  outgoing: NodeResponse;
  /** The request's `Cookie` header. */
  cookie: string | null;
  onError: (error: unknown) => void;
}

/**
 * The application's response with the visit's headers, as `committed` makes it; the server's own response, in place of the end
 * of a stream, waits for what changes later.
 * @param text that `own` was made of
 * @throws StoreError when the session cannot be saved
 */
export async function committedText(
  text: string,
  own: Response,
  given: Visit,
  { outgoing, cookie, onError }: Server,
): Promise<Response> {
  const visit = asSiteVisit(given);
  const fields = visit.headersNow() ?? (await visit.commit());
  // A response that the application keeps for other visitors must not get this one's cookie.
  const headers = new Headers(own.headers);
  addCommitHeaders(headers, fields);
  const late = new LateVisit(visit, fields, cookie);
  visit.follow(new LateProgress(holdResponse(outgoing, late, { onError, cookie: undefined })));
  return new Response(text, { status: own.status, headers });
}

const NOTHING: CommitHeaders = {};

/** A visit whose response has its headers already: later changes are saved, and a later cookie does not go out. */
class LateVisit implements Committing {
  readonly #visit: SiteVisit;
  /** The `Set-Cookie` that was sent, or of which the process was warned. */
  #known: CommitHeaders['set-cookie'] | undefined;
  readonly #cookie: string | null;

  constructor(visit: SiteVisit, sent: CommitHeaders, cookie: string | null) {
    this.#visit = visit;
    this.#known = sent['set-cookie'];
    this.#cookie = cookie;
  }

  async commit(): Promise<CommitHeaders> {
    return this.#late(await this.#visit.commit());
  }

  headersNow(): CommitHeaders | null {
    const fields = this.#visit.headersNow();
    return fields === null ? null : this.#late(fields);
  }

  headers(): CommitHeaders {
    return NOTHING;
  }

  hasChanges(): boolean {
    return this.#visit.hasChanges();
  }

  #late(fields: CommitHeaders): CommitHeaders {
    if (fields['set-cookie'] !== this.#known) warnOfLateCookie(fields, [this.#known, this.#cookie]);
    this.#known = fields['set-cookie'];
    return NOTHING;
  }
}

/** The headers are decided on, whether or not the server has sent them. */
class LateProgress implements ResponseProgress {
  readonly hasBegun = true;
  readonly #server: ResponseProgress;

  constructor(server: ResponseProgress) {
    this.#server = server;
  }

  get hasEnded(): boolean {
    return this.#server.hasEnded;
  }
}
