import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The results of all Nodes, by major version and part. A part that is measured again replaces its old results.
 * @returns `{ '24': { http: { node, date, fileSystem, processors, results } } }`; empty when there is no file
 */
export function readResults(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw new Error(`${path} cannot be read: ${error.message}; remove it to begin anew`);
  }
}

export function addResults(path, part, run) {
  const all = readResults(path);
  const major = majorOf(run.node);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ ...all, [major]: { ...all[major], [part]: run } }, null, 1)}\n`);
}

/** The ids of what a part did not measure: no result, no contestant, or a number that is not finite. */
export function unmeasured(results) {
  if (results.length === 0) return ['everything'];
  return results.flatMap(({ id, contestants }) => {
    const all = Object.entries(contestants);
    if (all.length === 0) return [id];
    return all
      .filter(([, numbers]) => !Object.values(numbers).every(Number.isFinite))
      .map(([name]) => `${id}: ${name}`);
  });
}

function majorOf(version) {
  return /^v(\d+)\./.exec(version)[1];
}
