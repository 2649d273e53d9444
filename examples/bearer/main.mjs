import { createServer } from 'node:http';
import { createSessions } from 'moin-sessions';
import { createApp } from './app.mjs';
import config from './moin-sessions.config.mjs';

const app = createApp(createSessions(config));
const server = createServer(app).listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
