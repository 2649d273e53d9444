import { type Request, type Response, Router } from 'express';
import type { LoginResult } from 'moin-sessions';
import { show } from '../view.js';

const REFUSED: Partial<Record<LoginResult, string>> = {
  failed: 'Name or password is wrong.',
  denied: 'You are logged in too often: log out elsewhere first.',
};

/** The auth chain logs in and out before these routes run. The routes report the result. */
export function loginRoutes(): Router {
  const router = Router();
  router.get('/login', (request, response) =>
    show(request, response, 'login', { title: 'Log in', next: localPath(request.query.next) }),
  );
  router.post('/login', afterLogin);
  router.post('/logout', (_request, response) => response.redirect(303, '/'));
  return router;
}

function afterLogin(request: Request, response: Response): void {
  const { name, next } = request.body ?? {};
  const { loginResult } = request.visit;
  if (loginResult === 'accepted') {
    response.redirect(303, localPath(next));
    return;
  }
  const error = REFUSED[loginResult];
  response.status(403);
  show(request, response, 'login', { title: 'Log in', error, name, next: localPath(next) });
}

/** The path to go to next. Never leads to another site, in any spelling. */
function localPath(path: unknown): string {
  const here = 'http://wiki.invalid';
  if (typeof path !== 'string' || !URL.canParse(path, here)) return '/';
  const url = new URL(path, here);
  return url.origin === here ? url.pathname + url.search : '/';
}
