import express from 'express';
import { moinSessions } from 'moin-sessions/express';
import { SESSION_PATH } from './bearer.mjs';

/** An API for programs, and one page for browsers. Both have sessions in one store. */
export function createApp(sessions) {
  const app = express();
  // In front of moinSessions, because logins come as JSON.
  app.use(express.json());
  app.use(moinSessions(sessions, { loginPaths: ['/login', '/logout', SESSION_PATH] }));

  app.post(SESSION_PATH, ({ visit, body }, response) => {
    if (body?.logout) return response.status(204).end();
    if (visit.loginResult !== 'accepted') return refuse(response);
    // The token is in the header x-session-token.
    response.status(201).json({ user: visit.user.name });
  });

  app.use('/api', ({ visit }, response, next) => (visit.user === null ? refuse(response) : next()));
  app.get('/api/notes', ({ session }, response) => response.json(session.get('notes') ?? []));
  app.post('/api/notes', ({ session, body }, response) => {
    session.set('notes', [...(session.get('notes') ?? []), String(body?.text ?? '')]);
    response.status(201).json(session.get('notes'));
  });
  app.post('/api/token', async ({ session }, response) => {
    await session.rotate();
    response.status(204).end();
  });

  app.get('/', ({ visit }, response) => response.send(page(visit.user?.name)));
  app.post(['/login', '/logout'], (_request, response) => response.redirect(303, '/'));
  return app;
}

function refuse(response) {
  response.status(401).set('www-authenticate', 'Bearer').json({ error: 'log in first' });
}

function page(name) {
  if (name === undefined)
    return `<form method="post" action="/login"><input name="name"><input name="password" type="password">
      <button name="login">Log in</button></form>`;
  return `<p>Moin, ${escapeHtml(name)}!</p><form method="post" action="/logout"><button name="logout">Log out</button></form>`;
}

function escapeHtml(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
