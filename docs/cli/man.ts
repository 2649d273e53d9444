import type { CommandHelp } from '../../src/cli/help/describe.js';
import { exampleLines } from '../../src/cli/help/lines.js';
import type { Group } from '../../src/cli/help/rows.js';
import { areLines } from '../../src/cli/help/texts.js';
import { type Reference, topicOf } from './reference.js';

/** The width of examples: a terminal's, without the indent of the page. */
const WIDTH = 75;
/** Bytes in a line of the source, as mandoc wants it. */
const LINE = 80;

/** `man/moin-sessions.1`, in the macros of man(7). */
export function manPage(reference: Reference): string {
  const { version, program, commands, topics } = reference;
  const lines = [
    '.\\" Made by `npm run docs:cli`.',
    `.TH MOIN\\-SESSIONS 1 "" "moin\\-sessions ${version}" "User Commands"`,
    '.SH NAME',
    `${roff(program.name)} \\- looks at sessions of a web application, ends or removes them`,
    '.SH SYNOPSIS',
    `.B ${roff(program.name)}`,
    roff(program.usage.slice(program.name.length).trim()),
    ...section('.SH DESCRIPTION', [paragraph(program.summary), exampleBlock(program)]),
    '.SH COMMANDS',
    ...commands.flatMap((command) => commandSection(command, reference)),
    ...topics.flatMap(({ name, intro, groups, notes }) =>
      section(`.SH ${name === 'exit-codes' ? 'EXIT STATUS' : roff(name.toUpperCase())}`, [
        ...intro.map(paragraph),
        ...groups.flatMap((group) => groupBlocks(group, groups.length > 1)),
        ...notes.map(paragraph),
      ]),
    ),
    ...section('.SH SEE ALSO', [paragraph('The folder docs of the package has cli.md and operations.md.')]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Lines that belong together. */
type Block = readonly string[];

function commandSection(command: CommandHelp, reference: Reference): string[] {
  const { name, usage, summary, options, optionGroups, notes } = command;
  const own = optionGroups.filter(({ heading }) => topicOf(heading, reference) === undefined);
  const shared = optionGroups.map(({ heading }) => topicOf(heading, reference)).filter((topic) => !!topic);
  return section(`.SS "${roff(name.split(' ').slice(1).join(' '))}"`, [
    paragraph(summary),
    exampleBlock(command),
    paragraph(`Usage: ${usage}`),
    ...(options ? groupBlocks(options, false) : []),
    ...own.flatMap((group) => groupBlocks(group, true)),
    ...shared.map((topic) => paragraph(`It takes the ${topic} (see there).`)),
    ...notes.map((text) => (areLines(text) ? unfilled(text.split('\n')) : paragraph(text))),
  ]);
}

/** A heading and its blocks. The first paragraph needs no macro of its own. */
function section(heading: string, blocks: readonly Block[]): string[] {
  const lines = blocks.flat();
  return [heading, ...(lines[0] === '.PP' ? lines.slice(1) : lines)];
}

function groupBlocks({ heading, rows }: Group, isNamed: boolean): Block[] {
  const items = rows.map(({ term, meaning }) => ['.TP', `\\fB${roff(term)}\\fR`, ...textLines(meaning)]);
  return isNamed ? [paragraph(`${heading}:`), ...items] : items;
}

function exampleBlock({ examples }: CommandHelp): Block {
  if (examples.length === 0) return [];
  return unfilled(exampleLines(examples, WIDTH).map((line) => line.trimStart()));
}

/** Lines that stay as they are. */
function unfilled(lines: readonly string[]): Block {
  return ['.PP', '.nf', ...lines.map(roff), '.fi'];
}

function paragraph(text: string): Block {
  return ['.PP', ...textLines(text)];
}

/** Lines of the source. roff fills them anew. */
function textLines(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').map(roff)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= LINE)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** Text as roff prints it: no character of it is a command, a typographic quote or a hyphen to break at. */
function roff(text: string): string {
  const plain = text
    .replaceAll(/[\\\-'"`^~]/g, (character) => ESCAPES[character] ?? character)
    .replaceAll(/[^\x20-\x7e]/gu, (character) => `\\[u${codeOf(character)}]`);
  return plain.startsWith('.') ? `\\&${plain}` : plain;
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
