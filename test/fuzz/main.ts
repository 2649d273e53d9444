import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { fuzz } from './target.js';
import { targets } from './targets.js';

// npm run fuzz -- --cases 1000000 --seed 7 --only records --minutes 20: tries random inputs on all that takes some.

/** So many inputs are tried between two looks at the clock, each lot with a seed of its own. */
const LOT = 10_000;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    only: { type: 'string' },
    minutes: { type: 'string', default: '30' },
  },
});
const end = performance.now() + Number(values.minutes) * 60_000;
const seed = Number(values.seed);

console.log(`seed ${seed}`);
for (const target of targets.filter(({ name }) => values.only === undefined || name === values.only)) {
  const cases = Math.ceil(Number(values.cases) * (values.only === undefined ? target.share : 1));
  const start = performance.now();
  let done = 0;
  for (; done < cases && performance.now() < end; done += LOT)
    await fuzz(target, Math.min(LOT, cases - done), seed + done);
  const tried = Math.min(done, cases);
  console.log(`${target.name}: ${tried} cases in ${Math.round((performance.now() - start) / 1000)} s`);
}
