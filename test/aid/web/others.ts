import { createServer } from 'node:http';
import { listen } from './listen.js';

/** Serves others for so long that an answer which waits for nothing has arrived meanwhile. */
export async function serveOthers(): Promise<void> {
  const { origin, close } = await listen(createServer((_request, response) => response.end('fine')));
  for (let count = 0; count < 10; count++) await (await fetch(origin)).text();
  await close();
}
