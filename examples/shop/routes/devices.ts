import { type NextFunction, type Request, type Response, Router } from 'express';
import type { SessionInfo, Sessions } from 'moin-sessions';
import { html } from '../html.js';
import { csrfField, show } from '../page.js';
import { addFlash } from '../session.js';

/** Where the user is logged in, and the button that logs the other devices out. */
export function deviceRoutes(sessions: Sessions): Router {
  const router = Router();
  router.use('/devices', requireLogin);

  router.get('/devices', async (request, response) => {
    const found: SessionInfo[] = [];
    for await (const info of sessions.list({ userId: userId(request), state: 'active' })) found.push(info);
    const rows = found.map(
      ({ id, address, userAgent, method }) => html`<tr>
        <td>${deviceOf(userAgent)}${id === request.session.id && html` <b>this one</b>`}</td>
        <td>${address ?? 'unknown'}</td><td>${method === 'route:sign-up' ? 'sign-up' : 'password'}</td></tr>`,
    );
    const others = html`<form method="post" action="/devices/end-others">${csrfField(request)}<button>Log out the others</button></form>`;
    show(
      request,
      response,
      'Your devices',
      html`<table><tr><th>Device<th>Address<th>Logged in by</tr>${rows}</table>
      ${found.length > 1 && others}`,
    );
  });

  router.post('/devices/end-others', async (request, response) => {
    const { expired } = await sessions.endUser(userId(request), { except: request.session.id ?? '' });
    addFlash(request.session, `Logged out: ${expired}`);
    response.redirect(303, '/devices');
  });

  return router;
}

function requireLogin({ visit }: Request, response: Response, next: NextFunction): void {
  if (visit.user === null) response.redirect(303, '/login');
  else next();
}

/** Runs after `requireLogin`. */
function userId({ visit }: Request): string {
  return visit.user?.id ?? '';
}

function deviceOf(userAgent: string | null): string {
  const browser = /\b(Edg|Firefox|Chrome|Safari)\//.exec(userAgent ?? '')?.[1] ?? 'Another program';
  const system =
    /\b(iPhone|iPad|Android|Windows|Macintosh|Linux)\b/.exec(userAgent ?? '')?.[1] ?? 'another system';
  return `${browser} on ${system}`;
}
