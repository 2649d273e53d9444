import { MoinSessionsError } from '../base/errors.js';
import { Answer, BrokenPipe, type CliContext } from './context.js';
import { ParseStop } from './input/parse-stop.js';
import { note, writeAside } from './output/note.js';
import { redact } from './output/redact.js';
import { sanitizeLines } from './output/sanitize.js';
import { buildProgram } from './program.js';

/** The exit status that shells expect after Ctrl-C: 128 + SIGINT. */
const INTERRUPTED = 130;

/**
 * Runs one command line.
 * @param argv the arguments, without interpreter and script
 * @returns the exit status of spec 7
 */
export async function main(argv: readonly string[], context: CliContext): Promise<number> {
  try {
    await run(argv, context);
    return 0;
  } catch (error) {
    if (error instanceof BrokenPipe) return 0;
    if (error instanceof Answer) return error.exitCode;
    if (context.signal.aborted) return INTERRUPTED;
    await report(error, argv.includes('--debug'), context);
    return error instanceof MoinSessionsError ? error.exitCode : 1;
  }
}

async function run(argv: readonly string[], context: CliContext): Promise<void> {
  // What completion scripts call: no command, so no help shows it.
  if (argv[0] === '__complete') {
    const { complete } = await import('./completion/complete.js');
    return complete(argv.slice(1), context);
  }
  const output = { text: '' };
  const program = await buildProgram(argv, context, output);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof ParseStop)) throw error;
    if (error.cause.code === 'commander.version') return context.out.write(output.text);
    if (!asksForHelp(error, argv)) throw (await import('./help/misuse.js')).misuse(error);
    const { helpText } = await import('./help/help-text.js');
    await context.out.write(helpText(error.command, context));
  }
}

/**
 * Whether the line asks for help: by a flag, or because it ends where a command is expected. With other flags it is a mistake,
 * and what it was to write may go to a program.
 */
function asksForHelp({ cause: { code } }: ParseStop, argv: readonly string[]): boolean {
  if (code === 'commander.helpDisplayed') return true;
  return code === 'commander.help' && !argv.some((word) => word.startsWith('-'));
}

/** Writes one line on stderr; with `--debug` also the stack. */
async function report(error: unknown, debug: boolean, context: CliContext): Promise<void> {
  const fault = error instanceof Error ? error : new Error(String(error));
  await note(context, fault.message);
  if (debug && fault.stack !== undefined)
    await writeAside(context, `${sanitizeLines(redact(fault.stack))}\n`);
}
