import { Session } from 'node:inspector/promises';
import { moduleOf } from './module-of.mjs';

/** Microseconds between two samples. */
const INTERVAL = 200;
const PROFILER = 'the profiler';

/** A CPU profile of this process. `stop` returns microseconds of self time by group of code, see `groupOf`. */
export async function startProfiler() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
  await session.post('Profiler.start');
  return {
    async stop() {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      return timeByGroup(profile);
    },
  };
}

function timeByGroup({ nodes, samples, timeDeltas }) {
  const groups = new Map();
  const visit = (node, inherited) => {
    const group = groupOf(node.callFrame) ?? inherited;
    groups.set(node.id, group);
    for (const id of node.children ?? []) visit(byId.get(id), group);
  };
  const byId = new Map(nodes.map((node) => [node.id, node]));
  visit(nodes[0], 'other');
  const times = {};
  for (const [index, id] of samples.entries()) {
    const group = groups.get(id);
    times[group] = (times[group] ?? 0) + timeDeltas[index];
  }
  // Neither is work for a request.
  delete times.idle;
  delete times[PROFILER];
  return times;
}

/** Node's modules that are named; the others serve the connection. */
const NODES = { fs: 'node: files', path: 'node: files', crypto: 'node: crypto', inspector: PROFILER };

/** What a function belongs to; undefined for a native one, which counts for its caller. */
function groupOf({ url, functionName, lineNumber }) {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(program)') return 'native code without a caller';
  if (url.includes('/node_modules/')) return 'Express and other packages';
  const ours = moduleOf(url, lineNumber);
  if (ours !== null) return `ours: ${ours.split('/')[0]}`;
  const nodes = /^node:(?:internal\/)?([a-z]+)/.exec(url);
  return nodes === null ? undefined : (NODES[nodes[1]] ?? 'node: http, streams and the rest');
}
