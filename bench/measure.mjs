import { cpuUsage } from 'node:process';

/**
 * Measures `count` calls of `operation`, of which `atOnce` run at a time.
 * @returns microseconds per call: `wall`, and `cpu` of this process
 */
export async function costOf(operation, { count, atOnce }) {
  let next = 0;
  const worker = async () => {
    while (next < count) await operation(next++);
  };
  const cpuBefore = cpuUsage();
  const before = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  const wall = (performance.now() - before) * 1000;
  const { user, system } = cpuUsage(cpuBefore);
  return { wall: wall / count, cpu: (user + system) / count };
}

/**
 * Takes turns, A B C A B C, so that a change of the machine's speed affects all contestants. The first turn of each is a
 * warm-up and does not count.
 * @param contestants by name: a function that measures once and returns numbers by name
 * @returns by contestant and number: the median over the rounds
 */
export async function inTurn(contestants, rounds) {
  const results = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, measureOnce] of Object.entries(contestants)) {
      const result = await measureOnce(round);
      if (round > 0) results[name].push(result);
    }
  }
  return Object.fromEntries(Object.entries(results).map(([name, list]) => [name, medians(list)]));
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function medians(list) {
  return Object.fromEntries(Object.keys(list[0]).map((key) => [key, median(list.map((one) => one[key]))]));
}
