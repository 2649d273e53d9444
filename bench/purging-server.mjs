import { createSessions } from '../dist/index.js';

// A server that purges: node purging-server.mjs ROOT. Sends the longest time in ms between two turns of its event loop.
const [root] = process.argv.slice(2);
const sessions = createSessions({ store: `file:${root}`, secrets: [Buffer.alloc(32, 'bench')] });
await sessions.open();

let longest = 0;
let last = performance.now();
let isOver = false;
const turn = () => {
  const now = performance.now();
  longest = Math.max(longest, now - last);
  last = now;
  if (!isOver) setImmediate(turn);
};
setImmediate(turn);
const { removed } = await sessions.purge({ state: 'expired' });
isOver = true;
if (removed === 0) throw new Error('there was nothing to purge');
turn();
process.send(longest, () => process.disconnect());
