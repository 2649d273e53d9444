import { join } from 'node:path';
import express, { type Express } from 'express';
import type { FileUserDirectory, Sessions } from 'moin-sessions';
import { moinSessions } from 'moin-sessions/express';
import type { CartStreams } from './cart-streams.js';
import type { Catalogue } from './catalogue.js';
import { notFound, showError } from './page.js';
import { accountRoutes } from './routes/account.js';
import { adminRoutes, multipart, picture } from './routes/admin.js';
import { cartRoutes } from './routes/cart.js';
import { deviceRoutes } from './routes/devices.js';
import { checkCsrf, giveCsrfToken, noStore, requireEditor, securityHeaders } from './security.js';

/** What the shop works with. */
export interface Shop {
  sessions: Sessions;
  users: FileUserDirectory;
  catalogue: Catalogue;
  streams: CartStreams;
}

/** The shop. What stands before the sessions needs none: neither a cookie nor a look into the store. */
export function createShop({ sessions, users, catalogue, streams }: Shop): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders);
  app.use('/static', express.static(join(import.meta.dirname, 'static'), { maxAge: '1h' }));
  app.get('/pictures/:id', picture(catalogue));
  app.use(noStore);
  app.use(moinSessions(sessions));
  app.get('/events', (request, response) => streams.begin(request, response));
  app.use('/admin', requireEditor, multipart);
  app.use(express.urlencoded({ extended: false }));
  app.use(checkCsrf, giveCsrfToken);
  app.use(cartRoutes(catalogue), accountRoutes(users), deviceRoutes(sessions), adminRoutes(catalogue));
  app.use(notFound, showError);
  return app;
}
