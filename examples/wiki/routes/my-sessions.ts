import { type NextFunction, type Request, type Response, Router } from 'express';
import type { SessionInfo, SessionOwner } from 'moin-sessions';
import type { Site } from '../site.js';
import { show } from '../view.js';
import { deviceOf } from '../words.js';

/**
 * "Your sessions" (ASVS 5.0, 7.5.2): those of the real user, also while a superuser acts as another user. The routes look for
 * the form's id among these sessions, so nobody can end a session of another user.
 */
export function mySessionsRoutes({ sessions }: Site): Router {
  const router = Router();

  const sessionsOf = async (request: Request) => {
    const found: SessionInfo[] = [];
    for await (const info of sessions.list({ userId: ownerOf(request).id, state: 'active' }))
      found.push(info);
    return found;
  };

  router.use('/sessions', requireLogin);

  router.get('/sessions', async (request, response) => {
    const found = (await sessionsOf(request)).sort((a, b) => Number(b.seen) - Number(a.seen));
    const mine = found.map((session) => ({ ...session, device: deviceOf(session.userAgent) }));
    show(request, response, 'my-sessions', { title: 'Your sessions', mine, present: request.session.id });
  });

  router.post('/sessions/end', async (request, response) => {
    const wanted = (await sessionsOf(request)).filter(({ id }) => id === request.body.id);
    await sessions.expire(wanted.map(({ id }) => id));
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
