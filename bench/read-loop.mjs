import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// The lowest cost in Node of reading every session.
const [root] = process.argv.slice(2);
let bytes = 0;
for (const folder of readdirSync(root).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
  for (const name of readdirSync(join(root, folder))) {
    const text = readFileSync(join(root, folder, name), 'utf8');
    if (JSON.parse(text).version === 1) bytes += text.length;
  }
}
console.log(bytes);
