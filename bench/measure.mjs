import { cpuUsage } from 'node:process';

/**
 * Measures `count` calls of `operation`, of which `atOnce` run at a time.
 * @param first the number that the first call gets
 * @returns microseconds per call: `wall`, and `cpu` of this process
 */
export async function costOf(operation, { count, atOnce, first = 0 }) {
  let next = first;
  const end = first + count;
  const worker = async () => {
    while (next < end) await operation(next++);
  };
  const cpuBefore = cpuUsage();
  const before = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  const wall = (performance.now() - before) * 1000;
  const { user, system } = cpuUsage(cpuBefore);
  return { wall: wall / count, cpu: (user + system) / count };
}

/**
 * Takes turns, A B C A B C, so that a change of the machine's speed affects all contestants. Before that, each runs for
 * `warmUp` seconds: the JIT needs 2 to 3 s of load.
 * @param contestants by name: a function that measures once and returns numbers by name
 * @returns by contestant and number: the median over the rounds
 */
export async function inTurn(contestants, { rounds, warmUp }) {
  const turns = Object.entries(contestants);
  for (const [, measureOnce] of turns) {
    const end = performance.now() + warmUp * 1000;
    while (performance.now() < end) await measureOnce();
  }
  const results = Object.fromEntries(turns.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, measureOnce] of turns) results[name].push(await measureOnce());
  return Object.fromEntries(Object.entries(results).map(([name, list]) => [name, medians(list)]));
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value that 99 of 100 do not exceed. */
export function percentile99(numbers) {
  return Float64Array.from(numbers).sort()[Math.ceil(numbers.length * 0.99) - 1];
}

function medians(list) {
  return Object.fromEntries(Object.keys(list[0]).map((key) => [key, median(list.map((one) => one[key]))]));
}
