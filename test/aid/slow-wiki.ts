import { once } from 'node:events';
import express, { type RequestHandler } from 'express';
import { moinSessions } from 'moin-sessions/express';
import { createWiki } from '../../examples/wiki/app.js';
import { listen } from '../../examples/wiki/listen.js';
import { openSite } from '../../examples/wiki/site.js';

/**
 * The wiki, with pages that wait: `?hold=before` until the session is looked up, `?hold=after` behind that, each
 * until the process that started this one says "go".
 */
const site = await openSite(process.argv.at(-1) ?? '', undefined);
for (const line of site.greeting) console.log(line);
const slow = express();
slow.use(hold('before'), moinSessions(site.sessions), hold('after'), createWiki(site));
await listen(slow, 0, site);

function hold(place: string): RequestHandler {
  return async ({ query }, _response, next) => {
    if (query.hold === place) {
      process.send?.('held');
      await once(process, 'message');
    }
    next();
  };
}
