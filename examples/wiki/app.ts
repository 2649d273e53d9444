import { join } from 'node:path';
import express, { type Express } from 'express';
import { moinSessions } from 'moin-sessions/express';
import { loginRoutes } from './routes/login.js';
import { mySessionsRoutes } from './routes/my-sessions.js';
import { pageRoutes } from './routes/pages.js';
import { setuidRoutes } from './routes/setuid.js';
import { traceRoutes } from './routes/trace.js';
import { checkCsrfToken, giveCsrfToken, refuseOtherSites, securityHeaders } from './security.js';
import type { Site } from './site.js';
import { notFound, showError } from './view.js';

/** The wiki. Middleware before the sessions needs none, or must run before the auth chain does. */
export function createWiki(site: Site): Express {
  const wiki = express();
  wiki.disable('x-powered-by').disable('etag');
  wiki.locals.superuser = site.superuser;
  wiki.use(securityHeaders);
  wiki.use('/static', express.static(join(import.meta.dirname, 'static'), { maxAge: '1h' }));
  wiki.use(refuseOtherSites);
  wiki.use(moinSessions(site.sessions));
  wiki.use(express.urlencoded({ extended: false }));
  wiki.use(loginRoutes());
  wiki.use(giveCsrfToken, checkCsrfToken);
  wiki.use(pageRoutes(), mySessionsRoutes(site), setuidRoutes(site), traceRoutes());
  wiki.use(notFound, showError);
  return wiki;
}
