import { type NextFunction, type Request, type Response, Router } from 'express';
import type { SessionDetail, SessionOwner } from 'moin-sessions';
import type { Site } from '../site.js';
import { show } from '../view.js';

/**
 * "Your sessions" (ASVS 5.0, 7.5.2): those of the real user, also while a superuser has changed to somebody else.
 * Whatever id a form names, the user of the request stands in the filter: nobody ends a session of others.
 */
export function mySessionsRoutes({ sessions }: Site): Router {
  const router = Router();
  router.use('/sessions', requireLogin);

  router.get('/sessions', async (request, response) => {
    const mine: SessionDetail[] = [];
    for await (const { id } of sessions.list({ user: ownerOf(request).id, state: 'active' })) {
      const detail = await sessions.get(id);
      if (detail !== null) mine.push(detail);
    }
    mine.sort((a, b) => Number(b.seen) - Number(a.seen));
    show(request, response, 'my-sessions', { title: 'Your sessions', mine, present: request.session.id });
  });

  router.post('/sessions/end', async (request, response) => {
    await sessions.expire({ ids: [String(request.body.id)], user: ownerOf(request).id });
    response.redirect(303, '/sessions');
  });

  router.post('/sessions/end-others', async (request, response) => {
    await sessions.endUser(ownerOf(request).id, { except: request.session.id });
    response.redirect(303, '/sessions');
  });

  return router;
}

/** Behind `requireLogin`. */
function ownerOf({ visit }: Request): SessionOwner {
  return visit.realUser as SessionOwner;
}

function requireLogin({ visit, originalUrl }: Request, response: Response, next: NextFunction): void {
  if (visit.realUser === null) response.redirect(303, `/login?next=${encodeURIComponent(originalUrl)}`);
  else next();
}
