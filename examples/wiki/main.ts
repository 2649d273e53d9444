import { parseArgs } from 'node:util';
import { ConfigurationError } from 'moin-sessions';
import { createWiki } from './app.js';
import { listen } from './listen.js';
import { openSite } from './site.js';

const USAGE = 'npm run wiki -- [--port 8080] [--store DIR] [--users FILE]';

try {
  const { port, store, users } = readArguments();
  const site = await openSite(store, users);
  for (const line of site.greeting) console.log(line);
  await listen(createWiki(site), port, site);
} catch (error) {
  console.error(`wiki: ${error instanceof Error ? error.message : error}`);
  process.exitCode = error instanceof ConfigurationError ? 2 : 1;
}

/** @throws ConfigurationError that shows how to call it */
function readArguments(): { port: number; store: string; users: string | undefined } {
  const { port, ...where } = parsed();
  if (/^\d{1,5}$/.test(port) && Number(port) < 65_536) return { port: Number(port), ...where };
  throw new ConfigurationError(`--port ${port} is none: 1 to 65535, or 0 for any that is free; ${USAGE}`);
}

function parsed(): { port: string; store: string; users: string | undefined } {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8080' },
        store: { type: 'string', default: '.moin-sessions' },
        users: { type: 'string' },
      },
    });
    return { ...values, users: values.users };
  } catch (error) {
    throw new ConfigurationError(`${(error as Error).message.split('.')[0]}; ${USAGE}`);
  }
}
