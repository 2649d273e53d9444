// Adds users NAME-0 to NAME-(COUNT-1) to a user directory once a line comes in: a second process for tests.
import { once } from 'node:events';
import { createJiti } from 'jiti';

const [path, name, count] = process.argv.slice(2);
const { FileUserDirectory } = await createJiti(import.meta.url).import('../../src/users/file.ts');
const directory = new FileUserDirectory(path, { scrypt: { cost: 2, blockSize: 1 } });
console.log('ready');
await once(process.stdin, 'data');
for (let n = 0; n < Number(count); n++) await directory.add(`${name}-${n}`, 'secret');
process.exit();
