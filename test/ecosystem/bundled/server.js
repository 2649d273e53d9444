import { createServer } from 'node:http';
import { createSessions } from 'moin-sessions';
import { withSessions } from 'moin-sessions/node';

const { STORE, SECRET } = process.env;
const sessions = createSessions({ store: STORE, users: 'users.json', ...(SECRET && { secrets: SECRET }) });
const server = createServer(
  withSessions(sessions, ({ visit }, response) => {
    const views = visit.session.get('views') ?? 0;
    if (visit.session.available) visit.session.set('views', views + 1);
    response.end(`${visit.user?.name ?? 'nobody'} ${views}`);
  }),
);
server.listen(process.env.PORT, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
