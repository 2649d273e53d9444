import { rowLines, termWidth, wordLines } from './lines.js';
import type { Group } from './rows.js';

/**
 * Groups of commands. Several stand beside their headings, which costs no lines. Of the shorter forms, each names the commands
 * of one group more without their meanings, from the last group on.
 */
export function commandForms(groups: readonly Group[], width: number): string[][] {
  const [only, ...others] = groups;
  if (only === undefined) return [];
  if (others.length === 0) return [[`${only.heading}:`, ...rowLines(only.rows, width)]];
  const margin = Math.max(...groups.map(({ heading }) => heading.length)) + 1;
  const column = termWidth(groups.flatMap(({ rows }) => rows));
  return [...groups.keys(), groups.length].map((shortened) =>
    groups.flatMap((group, index) =>
      index < groups.length - shortened
        ? labelled(group, rowLines(group.rows, width - margin, column), margin)
        : namesOnly(group, width, margin),
    ),
  );
}

function labelled({ heading }: Group, lines: readonly string[], margin: number): string[] {
  return lines.map((line, index) => (index === 0 ? `${heading}:` : '').padEnd(margin) + line);
}

function namesOnly({ heading, rows }: Group, width: number, margin: number): string[] {
  const names = wordLines(
    heading,
    rows.map(({ term }) => term),
    width,
  );
  return names.map((line) => line.replace(`${heading}: `, `${heading}:`.padEnd(margin + 2)));
}
