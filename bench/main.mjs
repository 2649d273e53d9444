import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from './machine.mjs';
import { DEFAULTS, PARTS, SMOKE } from './parts.mjs';
import { addResults, unmeasured } from './results.mjs';

const PART = fileURLToPath(new URL('./part.mjs', import.meta.url));
const RESULTS = fileURLToPath(new URL('./results/results.json', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string', multiple: true, default: [process.execPath] },
    json: { type: 'string', default: RESULTS },
    smoke: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    sessions: { type: 'string' },
  },
});
const unknown = positionals.find((name) => !(name in PARTS));
if (unknown !== undefined) {
  console.error(`there is no part ${unknown}: choose from ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}

const { node: nodes, json, smoke, ...numbers } = values;
const given = Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, Number(text)]));
const options = { ...(smoke ? SMOKE : DEFAULTS), ...given };
const { processors, fileSystem, platform } = machine();
console.log(`${platform}, ${processors} processors, stores on ${fileSystem}`);

const failed = [];
for (const part of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
  for (const node of nodes) {
    const began = performance.now();
    const missing = await run(part, node);
    failed.push(...missing.map((what) => `${part} under ${node}: ${what}`));
    console.log(`\n(${part}: ${((performance.now() - began) / 1000).toFixed(0)} s)`);
  }
}
if (!smoke) console.log(`\nThe results are in ${json}`);
for (const what of failed) console.error(`failed: ${what}`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** @returns what was not measured */
async function run(part, node) {
  const child = fork(PART, [part, JSON.stringify(options)], { execPath: node });
  let measured = null;
  child.once('message', (message) => {
    measured = message;
  });
  const [code] = await once(child, 'exit');
  if (code !== 0 || measured === null) return [`the part ended with exit code ${code}`];
  if (!smoke) addResults(json, part, measured);
  return unmeasured(measured.results);
}
