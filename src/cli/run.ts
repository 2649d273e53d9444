import { main } from './main.js';
import { exitWhenWritten } from './process/exit.js';
import { processContext } from './process/process-context.js';

/** Runs the command line of this process, and exits. @param script the absolute path of the script that calls this */
export async function run(script: string): Promise<never> {
  return exitWhenWritten(await main(process.argv.slice(2), processContext(script)));
}
