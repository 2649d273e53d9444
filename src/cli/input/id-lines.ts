import { UsageError } from '../../base/errors.js';

/** The longest line that may hold an id, in characters, with room for white space around it. */
const LONGEST = 200;

/**
 * The lines of an input that hold something, each without the white space around it: blank lines, and those that begin with `#`,
 * are left out. A line may end with CR LF. Holds one line at a time.
 * @throws UsageError for a line that is too long for an id: the input is something else
 */
export async function* idLines(
  chunks: AsyncIterable<string>,
): AsyncGenerator<{ text: string; number: number }> {
  let number = 0;
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) yield* meaningful(line, ++number);
    assertShort(rest, number + 1);
    // The rest of a long comment is not kept.
    rest = rest.slice(0, LONGEST + 1);
  }
  yield* meaningful(rest, number + 1);
}

function* meaningful(line: string, number: number): Generator<{ text: string; number: number }> {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return;
  assertShort(text, number);
  yield { text, number };
}

function assertShort(line: string, number: number): void {
  // A comment may be as long as it likes.
  if (line.length <= LONGEST || line.trimStart().startsWith('#')) return;
  throw new UsageError(`line ${number} of stdin is too long for a session id: give one id a line`);
}
