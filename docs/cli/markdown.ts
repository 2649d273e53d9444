import type { CommandHelp } from '../../src/cli/help/describe.js';
import { exampleLines } from '../../src/cli/help/lines.js';
import type { Group } from '../../src/cli/help/rows.js';
import { areLines, type Example } from '../../src/cli/help/texts.js';
import { type Reference, topicOf } from './reference.js';

/** The width of examples. */
const WIDTH = 100;

/** `docs/cli.md`: on a page the examples of a command come first. */
export function markdown(reference: Reference): string {
  const { program, commands, topics } = reference;
  const parts = [
    '# The command line',
    'All commands and options. This page is made from the program itself (`npm run docs:cli`); `moin-sessions help` and `man moin-sessions` say the same.',
    escaped(program.summary),
    examples(program.examples),
    `Usage: \`${program.usage}\`.`,
    table(
      ['', 'command', 'what it does'],
      program.commands.flatMap(({ heading, rows }) =>
        rows.map(({ term, meaning }, index) => [
          index === 0 ? heading : '',
          `[${term}](#${term})`,
          escaped(meaning),
        ]),
      ),
    ),
    ...commands.flatMap((command) => commandParts(command, reference)),
    ...topics.flatMap(({ name, intro, groups, notes }) => [
      `## ${titleOf(name)}`,
      ...intro.map(escaped),
      ...groups.map(groupTable),
      ...notes.map(escaped),
    ]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function commandParts(command: CommandHelp, reference: Reference): string[] {
  const { name, usage, summary, options, optionGroups, notes } = command;
  const path = name.split(' ').slice(1);
  const own = optionGroups.filter(({ heading }) => topicOf(heading, reference) === undefined);
  const shared = optionGroups.map(({ heading }) => topicOf(heading, reference)).filter((topic) => !!topic);
  return [
    `${'#'.repeat(path.length + 1)} ${path.join(' ')}`,
    escaped(summary),
    examples(command.examples),
    `Usage: \`${usage}\`.`,
    ...[options, ...own].filter((group) => group !== null).map(groupTable),
    ...shared.map((topic) => `It takes the [${topic}](#${topic}).`),
    ...notes.map((text) => (areLines(text) ? `\`\`\`text\n${text}\n\`\`\`` : escaped(text))),
  ];
}

/** The heading of a topic; its anchor is the topic's name. */
function titleOf(name: string): string {
  return name.replace('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
}

function groupTable({ heading, rows }: Group): string {
  return table(
    [escaped(heading.toLowerCase()), 'meaning'],
    rows.map(({ term, meaning }) => [`\`${term.replaceAll('|', '\\|')}\``, escaped(meaning)]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function examples(list: readonly Example[]): string {
  if (list.length === 0) return '';
  const lines = exampleLines(list, WIDTH).map((line) => line.trimStart());
  return ['```sh', ...lines, '```'].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`*_|[\]]/g, '\\$&').replaceAll('<', '&lt;');
}
