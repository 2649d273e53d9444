import { availableParallelism, freemem } from 'node:os';
import { memoryOf, type ScryptParameters } from './scrypt.js';

/** What a machine has to hash with. */
interface Means {
  cores: number;
  /** Of the pool that runs the hashes. */
  threads: number;
  /** Free, in bytes. */
  memory: number;
}

/** The threads of Node's pool without UV_THREADPOOL_SIZE. */
const POOL = 4;

/** How many hashes run at a time: one a core and thread, in half of the free memory. */
export function hashesAtOnce({ cores, threads, memory }: Means, parameters: ScryptParameters): number {
  return Math.max(1, Math.min(cores, threads, Math.floor(memory / 2 / memoryOf(parameters))));
}

/** What this process has. The free memory is that of a container, where Node can tell it. */
export function meansHere(): Means {
  return {
    cores: availableParallelism(),
    threads: Number(process.env.UV_THREADPOOL_SIZE) || POOL,
    memory: process.availableMemory?.() ?? freemem(),
  };
}
