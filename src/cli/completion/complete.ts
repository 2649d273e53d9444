import type { CliContext } from '../context.js';
import { sanitize } from '../output/sanitize.js';
import { rulerFor } from '../output/text.js';
import { buildProgram } from '../program.js';
import { answerTo } from './answer.js';
import { bashWords } from './bash-words.js';
import { type Answer, type Candidate, isTypable, NOTHING } from './candidate.js';
import { parseLine } from './expected.js';
import { readWord, splitLine, type TypedLine } from './shell-words.js';

/** What one shell sends, and how it wants its answer. */
interface Shell {
  /** The typed line from the arguments of the call. */
  read(args: readonly string[], home: string | undefined): TypedLine;
  /** One line for each candidate. */
  write(
    candidates: readonly Candidate[],
    line: TypedLine,
    args: readonly string[],
  ): string[] | Promise<string[]>;
}

/** `bash LINE REPLACED`, `zsh WORD… CURRENT`, `fish LINE`: lines and words as typed, up to the cursor. */
const SHELLS: Readonly<Record<string, Shell>> = {
  bash: {
    read: ([line = ''], home) => withoutProgram(splitLine(line, home)),
    write: (candidates, { current }, [, replaced = '']) =>
      bashWords(
        current.raw,
        replaced,
        candidates.map(({ value }) => value),
      ) ?? [],
  },
  zsh: { read: readZsh, write: besides },
  fish: {
    read: ([line = ''], home) => withoutProgram(splitLine(line, home)),
    write: (candidates) => candidates.map(({ value, text }) => `${value}\t${sanitize(text)}`),
  },
};

/**
 * Answers a completion script: a line `:KIND LENGTH`, and a line `=CANDIDATE` for each candidate. LENGTH is that of the part of
 * the word that is before a file's name. Scripts ignore other lines, such as those that a configuration prints. An error is no
 * candidate, and is not told: the person is typing.
 */
export async function complete(args: readonly string[], context: CliContext): Promise<void> {
  const [name = '', ...rest] = args;
  const shell = SHELLS[name];
  if (shell === undefined) return;
  const silent: CliContext = { ...context, err: { ...context.err, isTTY: false, write: async () => {} } };
  const line = shell.read(rest, context.env.HOME);
  const { kind, candidates, before } = await answered(line, silent);
  const lines = await shell.write(candidates.filter(isTypable), line, rest);
  await context.out.write(`:${kind} ${before.length}\n${lines.map((text) => `=${text}\n`).join('')}`);
}

async function answered({ words, current, isRedirection }: TypedLine, context: CliContext): Promise<Answer> {
  if (isRedirection) return { kind: 'files', candidates: [], before: '' };
  try {
    const program = await buildProgram(words, context, { text: '' });
    return await answerTo(context, parseLine(program, words, current.value), current.value);
  } catch {
    return NOTHING;
  }
}

function readZsh(args: readonly string[], home: string | undefined): TypedLine {
  const current = readWord(args.at(-1) ?? '', home);
  const words = args.slice(0, -1).map((word) => readWord(word, home).value);
  return withoutProgram({ words, current, isRedirection: false });
}

/** Words may stand before the program, as in `sudo moin-sessions`. */
function withoutProgram(line: TypedLine): TypedLine {
  const at = line.words.findIndex((word) => /(^|\/)moin-sessions(\.js)?$/.test(word));
  return { ...line, words: line.words.slice(Math.max(at, 0) + 1) };
}

/** Each value, and a text for people: values in a column, and what they are beside it. */
async function besides(candidates: readonly Candidate[]): Promise<string[]> {
  const ruler = await rulerFor(candidates.map(({ value }) => value));
  const widest = Math.max(0, ...candidates.map(({ value }) => ruler.width(value)));
  return candidates.map(({ value, text }) => {
    const space = ' '.repeat(widest - ruler.width(value));
    return `${value}\t${text === '' ? value : `${value}${space}  ${sanitize(text)}`}`;
  });
}
