import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { messageLines } from './message-lines.js';
import { columnsOf } from './size.js';

/** The room for an answer, in columns. */
const ANSWER = ' yes'.length;

/** Asks on stderr, because stdout is for results. */
export async function confirm(question: string): Promise<boolean> {
  const lines = messageLines(`${question} [y/N]`, columnsOf(process.stderr) - ANSWER);
  const answer = await ask(`${lines.join('\n')} `, process.stderr);
  return /^y(es)?$/i.test(answer.trim());
}

/** Reads a line without showing it on the terminal. */
export async function askSecret(prompt: string): Promise<string> {
  const answer = await ask('', new Writable({ write: (_chunk, _encoding, done) => done() }), prompt);
  process.stderr.write('\n');
  return answer;
}

/**
 * Sends Ctrl-C to the process, because readline would swallow it. Returns '' at the end of the input.
 * @param prompt written when the terminal no longer echoes: a quick or pasted answer must not be shown
 */
async function ask(question: string, output: NodeJS.WritableStream, prompt = ''): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  process.stderr.write(prompt);
  terminal.on('SIGINT', () => {
    // Every question comes before the work.
    process.stderr.write('\nmoin-sessions: Interrupted: nothing was changed\n');
    process.kill(process.pid, 'SIGINT');
  });
  const ended = new AbortController();
  terminal.on('close', () => ended.abort());
  try {
    return await terminal.question(question, { signal: ended.signal });
  } catch (error) {
    if (ended.signal.aborted) return '';
    throw error;
  } finally {
    terminal.close();
  }
}
