import type { CommandHelp } from './describe.js';
import { exampleLines, paragraph, rowLines, wordLines } from './lines.js';
import type { Group } from './rows.js';
import { TOPICS, topicRows } from './topics.js';

/** How many examples stay when there is less and less room. */
const COUNTS = [Number.POSITIVE_INFINITY, 3, 2, 0];

export function usageLines({ usage }: CommandHelp, width: number): string[] {
  return paragraph(`Usage: ${usage}`, width, '  ');
}

/** A group with the meanings of its rows, and as a list of its terms. */
export function groupForms({ heading, rows }: Group, width: number, topic: string | null): string[][] {
  const title = topic === null ? heading : `${heading} (see 'moin-sessions help ${topic}')`;
  const terms = rows.map(({ term }) => term.replace(', ', '|'));
  return [[`${heading}:`, ...rowLines(rows, width)], wordLines(title, terms, width)];
}

/** The topic that explains a group of options; null when the command alone has it. */
export function topicOf({ heading }: Group): string | null {
  return TOPICS.find(({ name }) => name === heading.toLowerCase())?.name ?? null;
}

export function exampleForms({ examples }: CommandHelp, width: number): string[][] {
  return COUNTS.map((count) => examples.slice(0, count)).map((some) =>
    some.length === 0 ? [] : ['Examples:', ...exampleLines(some, width)],
  );
}

/** The topics with what they are about; by their names alone. */
export function topicForms(width: number): string[][] {
  const heading = "Topics of 'moin-sessions help'";
  const names = topicRows.map(({ term }) => term);
  return [[`${heading}:`, ...rowLines(topicRows, width)], wordLines(heading, names, width)];
}

/** The shared options are described once, in the help of the program. */
export function pointerLine(width: number, isShortened: boolean): string[] {
  const whole = isShortened ? "; the whole text: add '| less'" : '';
  return paragraph(`Global options: see 'moin-sessions help options'${whole}`, width, '  ');
}
