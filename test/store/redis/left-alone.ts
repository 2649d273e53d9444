import { startRedis } from '../../aid/redis/server.js';

/** A program that starts a server and never stops it: `processes.test.ts` kills it. */
const server = await startRedis();
console.log(server.port, await server.info('process_id'), await server.cli('CONFIG', 'GET', 'dir'));
setInterval(() => {}, 1_000);
