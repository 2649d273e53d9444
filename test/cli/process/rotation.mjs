// A server of a site whose store keeps the secret: `node rotation.mjs LIBRARY STORE`.

import { createServer } from 'node:http';

const [library, store] = process.argv.slice(2);
const { createSessions } = await import(`${library}/index.js`);
const sessions = createSessions({ store, anonymousCookieLifetime: 1, anonymousSessions: 'first-visit' });
await sessions.open();

const server = createServer(async ({ headers }, response) => {
  const visit = await sessions.begin({ headers });
  if (headers.cookie === undefined) visit.session.set('here', true);
  const seen = visit.session.get('here') === true;
  response.writeHead(200, await visit.commit()).end(JSON.stringify({ id: visit.session.id, seen }));
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening on it'));
