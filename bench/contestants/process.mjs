import { costOf } from '../measure.mjs';
import { CONTESTANTS } from './contestants.mjs';

// One contestant in its own process: node process.mjs NAME OPTIONS. Measures each operation that it is sent.
const [name, options] = process.argv.slice(2);
const contestant = await CONTESTANTS[name](JSON.parse(options));
let first = 0;

process.on('message', async ({ operation, count, atOnce }) => {
  await contestant.prepare?.({ operation, count, first });
  const cost = await costOf(contestant[operation], { count, atOnce, first });
  first += count;
  process.send(cost);
});
process.on('disconnect', () => process.exit());
process.send('ready');
