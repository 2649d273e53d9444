import { join } from 'node:path';
import { Eta } from 'eta';
import type { NextFunction, Request, Response } from 'express';
import { trail } from 'moin-sessions';
import { ago, exactly } from './words.js';

/** Escapes all output of `<%= %>` in templates. */
const eta = new Eta({ views: join(import.meta.dirname, 'views'), cache: true });

/** The wiki answers this error with its status and a page that says why. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly advice: string,
  ) {
    super(title);
  }
}

/** The values of a page: its title, and those that its template uses. */
export type Values = { title: string; [name: string]: unknown };

/** Renders a template without the frame of a page. */
export function fragment(template: string, values: object): string {
  return eta.render(template, { ...values, ago, exactly });
}

/** Sends a page. */
export function show(request: Request, response: Response, template: string, values: Values): void {
  const body = fragment(template, { ...frame(request), ...values });
  response.type('html').send(fragment('layout', { ...frame(request), ...values, body }));
}

/** The values of the frame around every page. Without a visit (the auth chain has not run, or failed) they are empty. */
function frame({ visit, path, app }: Request) {
  const { user = null, realUser = null, session = null } = visit ?? {};
  return {
    path,
    user: user?.name ?? null,
    realUser: realUser?.name ?? null,
    isSwitched: user?.id !== realUser?.id,
    isSuperuser: realUser !== null && app.locals.superuser.includes(realUser.name),
    isKnown: visit !== undefined,
    isAvailable: session?.available ?? false,
    csrf: session?.get('csrf') ?? '',
    trail: visit === undefined ? [] : trail(visit).pages,
  };
}

export function notFound(_request: Request, _response: Response, next: NextFunction): void {
  next(new Refusal(404, 'There is no such page', 'The front page lists all pages.'));
}

/** Shows an error. Express takes a function with four parameters for an error handler. */
export function showError(error: unknown, request: Request, response: Response, _next: NextFunction): void {
  const refusal = error instanceof Refusal ? error : refusalFor(error);
  response.status(refusal.status);
  show(request, response, 'error', { title: refusal.title, advice: refusal.advice });
}

/** Express sets a 4xx status on errors of the client. All other errors are ours; only the log shows their details. */
function refusalFor(error: unknown): Refusal {
  const status = Number((error as { status?: unknown })?.status);
  if (status >= 400 && status < 500)
    return new Refusal(status, 'This address makes no sense', 'Was it cut short?');
  console.error(error);
  return new Refusal(500, 'Something went wrong here', 'Try again in a minute.');
}
