import type { CliContext } from '../../context.js';
import { counted, grouped } from '../../output/humanize.js';
import { CHUNK } from '../../output/lines.js';
import { note } from '../../output/note.js';
import type { Output } from '../../output/output.js';
import type { OutputOptions } from '../../output/output-options.js';
import { startProgress } from '../../output/progress.js';
import { safeJson } from '../../output/sanitize.js';
import { type StoryFrame, storyOf, type ToldRequest } from '../../output/simulation-story.js';
import { unicodeRuler } from '../../output/text.js';
import { verdictOf } from '../../output/verdict.js';
import { shown } from '../../output/words.js';
import { headlineOf } from './headline.js';

interface Told extends StoryFrame {
  requests: AsyncIterable<ToldRequest>;
}

/** Writes each result as it comes. @returns the last one */
export async function writeSimulation(
  context: CliContext,
  output: Output,
  { quiet, har }: OutputOptions & { har?: string },
  { requests, ...frame }: Told,
): Promise<ToldRequest | undefined> {
  let last: ToldRequest | undefined;
  const noun = 'request';
  const progress = startProgress(context, 'simulating', {
    ...(quiet && { quiet }),
    total: frame.total,
    noun,
  });
  let count = 0;
  // Ctrl-C ends the process at once, before the verdict that stands in the first line.
  const onAbort = () => {
    progress.end();
    const verdict = last === undefined ? '' : `, after which ${verdictOf(last, shown)}`;
    void note(context, `Interrupted: sent ${grouped(count)} of ${counted(frame.total, noun)}${verdict}`);
  };
  context.signal.addEventListener('abort', onAbort);
  const remembered = async function* (): AsyncGenerator<ToldRequest> {
    for await (const request of requests) {
      last = request;
      progress.at(++count);
      yield request;
    }
  };
  try {
    if (output.format === 'ndjson' && !quiet) for (const text of frame.notes) await note(context, text);
    const texts = textsOf(remembered(), frame, har !== undefined, context, output);
    for await (const text of chunks(texts)) {
      progress.end();
      await output.write(text);
    }
  } finally {
    progress.end();
    context.signal.removeEventListener('abort', onAbort);
  }
  return last;
}

async function* textsOf(
  requests: AsyncIterable<ToldRequest>,
  frame: StoryFrame,
  isArchive: boolean,
  context: CliContext,
  output: Output,
): AsyncGenerator<string> {
  if (output.format === 'json') return yield* jsonOf(requests, frame);
  if (output.format === 'ndjson') {
    for await (const request of requests) yield `${safeJson(request)}\n`;
    return;
  }
  const layout = { width: context.columns, style: await output.style(), ruler: await unicodeRuler() };
  if (!isArchive) return yield* storyOf(requests, frame, layout);
  // An archive is in memory anyway.
  const results: ToldRequest[] = [];
  for await (const request of requests) results.push(request);
  yield* storyOf(results, { ...frame, headline: headlineOf(results) }, layout);
}

/** One document, written piece by piece: `{ at, notes, requests: [ … ] }`. */
async function* jsonOf(
  requests: AsyncIterable<ToldRequest>,
  { at, notes }: StoryFrame,
): AsyncGenerator<string> {
  const head = safeJson({ at, notes }, 2).replace(/\n}$/, '');
  yield `${head},\n  "requests": [`;
  let before = '\n';
  for await (const request of requests) {
    yield `${before}${safeJson(request, 2).replace(/^/gm, '    ')}`;
    before = ',\n';
  }
  yield '\n  ]\n}\n';
}

async function* chunks(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let gathered = '';
  for await (const text of texts) {
    gathered += text;
    if (gathered.length < CHUNK) continue;
    yield gathered;
    gathered = '';
  }
  if (gathered !== '') yield gathered;
}
