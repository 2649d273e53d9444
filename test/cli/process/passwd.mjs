// A server of the site that a configuration describes: `node passwd.mjs LIBRARY CONFIG`.

import express from 'express';

const [library, config] = process.argv.slice(2);
const { createSessions } = await import(`${library}/index.js`);
const { moinSessions } = await import(`${library}/web/express.js`);
const sessions = createSessions((await import(config)).default);
await sessions.open();

const app = express();
app.use(moinSessions(sessions));
app.all(['/', '/login'], ({ visit }, response) => void response.send(visit.user?.name ?? 'nobody'));
app.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening on it'));
