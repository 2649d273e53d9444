import { PerformanceObserver } from 'node:perf_hooks';
import { startProfiler } from './profiler.mjs';

// One web application in its own process: node http-server.mjs KIND [URL of Redis] [FRAMEWORK]. Reports its port when it
// listens, and what it has used so far when it is asked.
const [kind, redisUrl, framework = 'express'] = process.argv.slice(2);
const { KINDS, listen } = await import(`./frameworks/${framework}.mjs`);

let collections = 0;
new PerformanceObserver((list) => {
  collections += list.getEntries().length;
}).observe({ entryTypes: ['gc'] });

const port = await listen(await KINDS[kind](redisUrl));
let profiler;
const ANSWERS = {
  usage: () => ({ ...process.cpuUsage(), heap: process.memoryUsage().heapUsed, collections }),
  async startProfile() {
    profiler = await startProfiler();
    return 'started';
  },
  stopProfile: () => profiler.stop(),
};
process.on('message', async (question) => process.send(await ANSWERS[question]()));
process.on('disconnect', () => process.exit());
process.send(port);
