import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { build } from '../aid/built.js';
import { type CrashReport, crash } from './crash.js';

// npm run crash -- --kills 3000 --seed 7: kills writers in rounds of 100, each on a store of its own.

const ROUND = 100;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '3000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    writers: { type: 'string', default: '4' },
  },
});
const kills = Number(values.kills);
const seed = Number(values.seed);
const total: CrashReport = { kills: 0, interrupted: {}, acknowledged: 0, swept: 0, temporaries: 0 };
const { root, remove } = build();
const start = performance.now();

console.log(`seed ${seed}, ${kills} kills, ${values.writers} writers at a time`);
try {
  while (total.kills < kills) {
    const count = Math.min(ROUND, kills - total.kills);
    add(
      await crash({ built: root, kills: count, seed: seed + total.kills, writers: Number(values.writers) }),
    );
    console.log(`${total.kills} kills, ${total.acknowledged} operations acknowledged, none lost`);
  }
} finally {
  remove();
}
console.log({ ...total, seconds: Math.round((performance.now() - start) / 1000) });

function add(report: CrashReport): void {
  for (const key of ['kills', 'acknowledged', 'swept', 'temporaries'] as const) total[key] += report[key];
  for (const [what, count] of Object.entries(report.interrupted))
    total.interrupted[what] = (total.interrupted[what] ?? 0) + count;
}
