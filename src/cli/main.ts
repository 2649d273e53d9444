import { CommanderError } from 'commander';
import { MoinSessionsError, UsageError } from '../base/errors.js';
import { BrokenPipe, type CliContext } from './context.js';
import { note } from './output/note.js';
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
  const help = { text: '' };
  const program = await buildProgram(argv, context, help);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw misused(error);
    await context.out.write(help.text);
  }
}

/** Turns an error of commander into a usage error. */
function misused({ code, message }: CommanderError): UsageError {
  if (code === 'commander.help') return new UsageError("a command is missing: see 'moin-sessions --help'");
  const what = message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .replaceAll('\n', ' ');
  return new UsageError(`${withoutValues(what)}; see 'moin-sessions --help'`);
}

/** Removes the value of an unknown flag and an unusual command name: each may be a cookie or a password. */
function withoutValues(what: string): string {
  return what
    .replace(/^(unknown option '--[^=]*)=.*'/, "$1'")
    .replace(/^(unknown option '-[^-]).*'/, "$1'")
    .replace(/^unknown command '(?![\w-]{1,24}'( |$)).*'/, 'unknown command');
}

/** Writes one line on stderr; with `--debug` also the stack. */
async function report(error: unknown, debug: boolean, context: CliContext): Promise<void> {
  const fault = error instanceof Error ? error : new Error(String(error));
  await note(context, fault.message);
  if (debug && fault.stack !== undefined) await context.err.write(`${sanitizeLines(redact(fault.stack))}\n`);
}
