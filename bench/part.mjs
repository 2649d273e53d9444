import { machine } from './machine.mjs';
import { PARTS } from './parts.mjs';

// One part under the Node that runs this file: node part.mjs PART OPTIONS. Sends its results to the parent process.
const [name, options] = process.argv.slice(2);
const measure = await PARTS[name]();
const date = new Date().toISOString();
const results = await measure(JSON.parse(options));
process.send({ ...machine(), date, options: JSON.parse(options), results }, () => process.disconnect());
