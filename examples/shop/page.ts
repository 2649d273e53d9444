import type { NextFunction, Request, Response } from 'express';
import { type Html, html } from './html.js';
import { isEditor, sizeOfCart } from './session.js';

/** The shop answers this error with its status and a page that says why. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Sends a page, with the messages that wait for one. */
export function show(request: Request, response: Response, title: string, body: Html): void {
  // Without a visit (the store is out of reach, say) nobody is known.
  const { user = null, session = null } = request.visit ?? {};
  // An error may be the answer to a request that nobody looks at, such as one for an icon.
  const messages = response.statusCode < 400 ? (session?.take('flash') ?? []) : [];
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Tea shop</title>
<link rel="stylesheet" href="/static/shop.css">
<link rel="icon" type="image/svg+xml" href="/static/icon.svg">
<script src="/static/cart.js" defer></script>
<header>
  <a class="shop" href="/">Tea shop</a>
  <nav>
    <a href="/cart">Cart (<span id="cart">${session === null ? 0 : sizeOfCart(session)}</span>)</a>
    ${isEditor(user) && html`<a href="/admin">Stock</a>`}
    ${user ? html`<a href="/devices">Your devices</a>` : html`<a href="/login">Log in</a> <a href="/sign-up">Sign up</a>`}
  </nav>
  ${user !== null && html`<form method="post" action="/logout"><span id="user">${user.name}</span> <button name="logout" value="1">Log out</button></form>`}
</header>
<main>
  ${messages.map((message) => html`<p class="flash" role="status">${message}</p>`)}
  <h1>${title}</h1>
  ${body}
</main>
</html>`;
  response.type('html').send(page.text);
}

/** The hidden field with the session's token. */
export function csrfField({ session }: Request): Html {
  return html`<input type="hidden" name="csrf" value="${session.get('csrf') ?? ''}">`;
}

export function notFound(): never {
  throw new Refusal(404, 'There is no such page.');
}

/** Shows an error. Express takes a function with four parameters for an error handler. */
export function showError(error: unknown, request: Request, response: Response, _next: NextFunction): void {
  const { status = 500, statusCode = status, headers = {} } = (error ?? {}) as Fault;
  const isOurs = statusCode >= 500;
  if (isOurs) console.error(error);
  response.status(statusCode).set(headers);
  const reason =
    error instanceof Refusal ? error.message : (REASONS[statusCode] ?? 'The request makes no sense.');
  show(request, response, isOurs ? 'Something went wrong here' : 'That did not work', html`<p>${reason}</p>`);
}

/** What errors of Express, its parsers and the sessions have. */
interface Fault {
  status?: number;
  statusCode?: number;
  headers?: Record<string, string>;
}

const REASONS: Readonly<Record<number, string | undefined>> = {
  413: 'The file is too large.',
  429: 'Too many people log in at the moment. Try again in a few seconds.',
  500: 'Try again in a minute.',
};
