import { type NextFunction, type Request, type Response, Router } from 'express';
import type { SessionOwner } from 'moin-sessions';
import type { Site } from '../site.js';
import { show } from '../view.js';

/**
 * "Your sessions" (ASVS 5.0, 7.5.2): those of the real user, also while a superuser acts as another user. The routes look for
 * the form's id among these sessions, so nobody can end a session of another user.
 */
export function mySessionsRoutes({ sessions }: Site): Router {
  const router = Router();

  const idsOf = async (request: Request) => {
    const ids: string[] = [];
    for await (const { id } of sessions.list({ userId: ownerOf(request).id, state: 'active' })) ids.push(id);
    return ids;
  };

  router.use('/sessions', requireLogin);

  router.get('/sessions', async (request, response) => {
    const found = await Promise.all((await idsOf(request)).map((id) => sessions.get(id)));
    const mine = found.filter((session) => session !== null).sort((a, b) => Number(b.seen) - Number(a.seen));
    show(request, response, 'my-sessions', { title: 'Your sessions', mine, present: request.session.id });
  });

  router.post('/sessions/end', async (request, response) => {
    const wanted = (await idsOf(request)).filter((id) => id === request.body.id);
    await sessions.expire(wanted);
    response.redirect(303, '/sessions');
  });

  router.post('/sessions/end-others', async (request, response) => {
    await sessions.endUser(ownerOf(request).id, { except: request.session.id });
    response.redirect(303, '/sessions');
  });

  return router;
}

/** Runs after `requireLogin`. */
function ownerOf({ visit }: Request): SessionOwner {
  return visit.realUser as SessionOwner;
}

function requireLogin({ visit, originalUrl }: Request, response: Response, next: NextFunction): void {
  if (visit.realUser === null) response.redirect(303, `/login?next=${encodeURIComponent(originalUrl)}`);
  else next();
}
