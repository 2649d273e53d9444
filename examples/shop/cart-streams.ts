import type { Request, Response } from 'express';
import type { SessionEvent, Sessions } from 'moin-sessions';
import { sizeOfCart } from './session.js';

const EVERY_15_SECONDS = 15_000;

/**
 * Server-sent events: each open page hears how many things are in its cart. A stream begins with a session's values and goes on
 * for hours, so it reads them again by `reload` whenever the session was saved. The timer notices what other processes save, and
 * users who were disabled.
 */
export class CartStreams {
  readonly #open = new Map<Response, Request>();
  #isClosed = false;

  constructor(sessions: Sessions) {
    const look = (event: SessionEvent) => this.#lookAt([event.id, event.from]);
    for (const name of ['saved', 'rotated', 'ended'] as const) sessions.on(name, look);
    setInterval(() => this.#lookAt(), EVERY_15_SECONDS).unref();
  }

  /** Answers `GET /events`. Without a session, or when the shop closes, the stream is empty: the browser asks again. */
  begin(request: Request, response: Response): void {
    response.type('text/event-stream');
    if (this.#isClosed) return void response.end();
    this.#open.set(response, request);
    response.on('close', () => this.#open.delete(response));
    // Not the values of the request's beginning: they may have changed since.
    void this.#look(response, request);
  }

  /** Ends all streams, and those that still come, so that the server can close. */
  close(): void {
    this.#isClosed = true;
    for (const response of this.#open.keys()) response.end();
  }

  /** @param ids of sessions. Default: all */
  #lookAt(ids?: (string | undefined)[]): void {
    for (const [response, request] of this.#open)
      if (ids === undefined || ids.includes(request.session.id ?? '')) void this.#look(response, request);
  }

  /** Ends the stream of a session that is over. The browser connects again, with the cookie that it has then. */
  async #look(response: Response, { session }: Request): Promise<void> {
    const isOpen = await session.reload().catch((error: unknown) => {
      console.error(error);
      return false;
    });
    if (response.writableEnded) return;
    if (isOpen) response.write(`data: ${sizeOfCart(session)}\n\n`);
    else response.end();
  }
}
