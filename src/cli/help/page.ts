import { sanitize } from '../output/sanitize.js';
import { commandForms } from './command-groups.js';
import type { CommandHelp } from './describe.js';
import { exampleLines, noteLines, paragraph, rowLines } from './lines.js';
import { pointerLine, topicForms, usageLines } from './parts.js';
import { joined, Section } from './section.js';
import type { TopicText } from './topic.js';

/**
 * The help of a command for a pager, a file or a printer: whole, and with the examples first, because a pager shows the
 * beginning.
 */
export function pageText(help: CommandHelp, width: number): string {
  const groups = [help.options, ...help.optionGroups].filter((group) => group !== null);
  return written([
    help.examples.length > 0 ? ['Examples:', ...exampleLines(help.examples, width)] : [],
    usageLines(help, width),
    paragraph(help.summary, width),
    commandForms(help.commands, width)[0] ?? [],
    ...groups.map(({ heading, rows }) => [`${heading}:`, ...rowLines(rows, width)]),
    ...help.notes.map((text) => noteLines(text, width)),
    help.isProgram ? (topicForms(width)[0] ?? []) : pointerLine(width, false),
  ]);
}

/** What `help TOPIC` writes. */
export function topicText({ intro, groups, notes }: TopicText, width: number): string {
  return written([
    ...intro.map((text) => paragraph(text, width)),
    ...groups.map(({ heading, rows }) => [`${heading}:`, ...rowLines(rows, width)]),
    ...notes.map((text) => paragraph(text, width)),
  ]);
}

function written(parts: readonly (readonly string[])[]): string {
  return joined(parts.map((lines) => new Section([lines.map(sanitize)])));
}
