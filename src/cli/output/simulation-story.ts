import type { SimulatedRequest } from '../../simulate.js';
import { grouped } from './humanize.js';
import { requestLines, type SecretsInUse, section, type TextLayout } from './simulation.js';
import { wrap } from './text.js';
import { verdictOf } from './verdict.js';
import { listed, shown } from './words.js';

/** A request and its result, as `simulate` shows them. */
export interface ToldRequest extends SimulatedRequest {
  /** Who is logged in, or why nobody is. */
  verdict: string;
  /** What an HTTP archive says of the request. */
  recorded?: Recorded;
}

/** A request of an HTTP archive, without cookies, queries and bodies. */
export interface Recorded {
  /** The place in the archive, from 1. */
  entry: number;
  startedAt: string | null;
  method: string;
  /** Without query. */
  url: string;
  status: number | null;
  /** What the recorded answer did to the cookie; null if nothing. */
  answer: 'set' | 'delete' | null;
  /** What is wrong between this request and those before it, in sentences. */
  findings: string[];
}

/** What a story begins with. */
export interface StoryFrame {
  at: string;
  /** What has no effect here, in sentences. */
  notes: readonly string[];
  /** The number of requests. */
  total: number;
  secrets: SecretsInUse | 'wiki';
  /** The first line. Default: the verdict on the last request. */
  headline?: string;
}

/** Requests in a row that came out the same. */
interface Group {
  /** Equal for requests that came out the same. */
  key: string;
  verdict: string;
  body: string;
  first: number;
  last: number;
  /** The places in an archive of the requests; none without an archive. */
  entries: number[];
}

/** The most groups that wait for the last verdict. After more, the verdict comes last. */
const MOST_GROUPS = 100;

/**
 * Yields the explanation of a simulation, for people. The verdict on the last request comes first. Requests in a row that
 * come out the same are shown once, so that a million of them take no memory.
 */
export async function* storyOf(
  requests: AsyncIterable<ToldRequest> | Iterable<ToldRequest>,
  frame: StoryFrame,
  layout: TextLayout,
): AsyncGenerator<string> {
  const groups: Group[] = [];
  let verdict = '';
  let isOpened = false;
  let count = 0;
  for await (const request of requests) {
    count += 1;
    verdict = verdictOf(request, shown);
    addTo(groups, count, request, { verdict, ...bodyOf(request, frame, layout) });
    if (groups.length <= MOST_GROUPS) continue;
    yield (isOpened ? '' : openingText(null, frame, layout)) +
      groupText(groups.shift() as Group, frame, layout);
    isOpened = true;
  }
  const last = frame.headline ?? (count > 1 ? `After ${grouped(count)} requests ${verdict}` : verdict);
  if (!isOpened) yield openingText(last, frame, layout);
  for (const group of groups) yield groupText(group, frame, layout);
  if (isOpened) yield `\n${lines(wrap(last, layout.width, layout.ruler))}`;
}

function addTo(
  groups: Group[],
  number: number,
  { recorded }: ToldRequest,
  found: Pick<Group, 'key' | 'verdict' | 'body'>,
): void {
  const entries = recorded === undefined ? [] : [recorded.entry];
  const group = groups.at(-1);
  if (group === undefined || group.key !== found.key)
    return void groups.push({ ...found, first: number, last: number, entries });
  group.last = number;
  group.entries.push(...entries);
}

function openingText(headline: string | null, { at, notes }: StoryFrame, layout: TextLayout): string {
  const { width, ruler, style } = layout;
  const first = headline === null ? [] : wrap(headline, width, ruler).map((line) => style.bold(line));
  const place = wrap(`At ${at}, on a read-only view of the store`, width, ruler);
  const warnings = notes.flatMap((text) => wrap(shown(text), width, ruler)).map((line) => style.warn(line));
  return lines([...first, ...place, ...warnings]);
}

/** One request, without its heading. What differs in the recording alone is no difference, unless something is wrong. */
function bodyOf(
  request: ToldRequest,
  { secrets }: StoryFrame,
  layout: TextLayout,
): Pick<Group, 'key' | 'body'> {
  const { recorded, verdict } = request;
  const findings = (recorded?.findings ?? []).map((text) => layout.style.bad(shown(text)));
  const explained = lines(requestLines(request, secrets, layout));
  const told = [
    ...section('recorded', recorded === undefined ? [] : [recordedLine(recorded)], layout),
    ...section('finding', findings, layout),
  ];
  return {
    key: [verdict, explained, recorded?.answer, ...findings].join('\n'),
    body: lines(told) + explained,
  };
}

function recordedLine({ method, url, status, startedAt, answer }: Recorded): string {
  const when = startedAt === null ? '' : ` at ${startedAt}`;
  const result = status === null ? 'without an answer' : `answered ${status}`;
  const cookie = { set: ', which set the cookie', delete: ', which deleted the cookie' };
  return shown(`${method} ${url}${when}, ${result}${answer === null ? '' : cookie[answer]}`);
}

function groupText(group: Group, { total }: StoryFrame, layout: TextLayout): string {
  const { verdict, body, entries } = group;
  if (total === 1 && entries.length === 0) return `\n${body}`;
  const { style, width, ruler } = layout;
  const { heading, rest } = entries.length > 0 ? ofArchive(entries) : ofSeries(group, total);
  const bold = (text: string) => lines(wrap(text, width, ruler).map((line) => style.bold(line)));
  return `\n${bold(`${heading}: ${verdict}`)}${body}${rest === null ? '' : bold(rest)}`;
}

interface Labels {
  heading: string;
  /** What is said of the requests that came out the same; null for none. */
  rest: string | null;
}

function ofSeries({ first, last }: Group, total: number): Labels {
  const same = last === first + 1 ? 'Request' : `Requests ${grouped(first + 1)} to`;
  return {
    heading: `Request ${grouped(first)} of ${grouped(total)}`,
    rest: last === first ? null : `${same} ${grouped(last)}: as request ${grouped(first)}`,
  };
}

/** The numbers are those of the archive, of which some entries are left out: a finding names them, too. */
function ofArchive([first, ...others]: readonly number[]): Labels {
  const same = others.length === 1 ? 'Entry' : 'Entries';
  return {
    heading: `Entry ${first} of the archive`,
    rest: others.length === 0 ? null : `${same} ${listed(others.map(String))}: as entry ${first}`,
  };
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
