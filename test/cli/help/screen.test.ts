import { describe, expect, it } from 'vitest';
import { describeCommand, visibleCommands } from '../../../src/cli/help/describe.js';
import { exampleLines } from '../../../src/cli/help/lines.js';
import { screenText } from '../../../src/cli/help/screen.js';
import { textsOf } from '../../../src/cli/help/texts.js';
import { cli } from '../../aid/cli/fake-context.js';
import { commandAt, pathsOf, wholeProgram } from '../../aid/cli/tree.js';

const program = await wholeProgram();
const paths = pathsOf(program);
const titled = paths.map((path) => ({ path, title: ['moin-sessions', ...path].join(' ') }));

const screen = async (path: readonly string[], columns = 80) =>
  (await cli({ tty: true, columns }, ...path, '--help')).out;
const page = async (path: readonly string[], columns = 80) => (await cli({ columns }, ...path, '--help')).out;

describe.each(titled)('the help of $title', ({ path, title }) => {
  const command = commandAt(program, path);

  it('fits a terminal of 80 x 24, prompt included', async () => {
    const lines = (await screen(path)).replace(/\n$/, '').split('\n');
    expect(lines.length).toBeLessThanOrEqual(23);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('has its examples last on a screen, and first on a page', async () => {
    const isGroup = command.commands.length > 0 && path.length > 0;
    expect(textsOf(command).examples.length).toBeGreaterThanOrEqual(isGroup ? 0 : 1);
    const [example] = textsOf(command).examples;
    if (example === undefined) return;
    const tail = (await screen(path)).split('\n\n').at(-1) ?? '';
    expect(tail).toMatch(/^Examples:\n/);
    expect(tail).toContain(example.line);
    expect(await page(path)).toMatch(/^Examples:\n/);
  });

  it('names every option on the screen, and explains every one on the page', async () => {
    const { options, optionGroups } = describeCommand(command);
    const rows = [options, ...optionGroups].flatMap((group) => group?.rows ?? []);
    const onScreen = (await screen(path)).replaceAll(/\s+/g, ' ').replaceAll('|', ', ');
    const onPage = (await page(path)).replaceAll(/\s+/g, ' ');
    for (const { term, meaning } of rows) {
      // So many commands leave no room for the options that they share, which are a topic.
      if (path.length > 0) expect(onScreen).toContain(term);
      else expect(onScreen).toContain("Topics of 'moin-sessions help': options, ");
      expect(onPage).toContain(`${term} ${meaning.replaceAll(/\s+/g, ' ')}`.trim());
    }
  });

  it('explains the shared options in the help of the program alone', async () => {
    const shared = program.options.map(({ flags }) => flags);
    expect(shared).toContain('--config <file>');
    const text = await page(path);
    const named = shared.filter((flags) => text.includes(`  ${flags}  `));
    expect(named).toEqual(path.length === 0 ? shared : []);
    expect(text.includes("Global options: see 'moin-sessions help options'")).toBe(path.length > 0);
  });

  it('has examples that this program understands, each for a shell', () => {
    const { examples } = textsOf(command);
    for (const [index, { line, purpose }] of examples.entries()) {
      expect(line).toContain(title);
      const shown = exampleLines(examples, 80)[index] ?? '';
      expect(shown.endsWith(purpose), line).toBe(true);
      expect(shown.length, line).toBeLessThanOrEqual(80);
      const words = line.replace(/^.*?\bmoin-sessions\b/, '').match(/'[^']*'|[^\s']+/g) ?? [];
      const end = words.findIndex((word) => /^[|<>&;]/.test(word));
      const own = end === -1 ? words : words.slice(0, end);
      const target = own.reduce(
        (at, word) => visibleCommands(at).find((sub) => sub.name() === word) ?? at,
        program,
      );
      const known = [...target.options, ...program.options].flatMap(({ long, short }) => [long, short]);
      const flags = own.filter((word) => /^-./.test(word)).map((word) => word.split('=', 1)[0]);
      expect(
        flags.filter((flag) => !known.includes(flag)),
        line,
      ).toEqual([]);
    }
  });
});

describe('a help that is longer than the screen', () => {
  const many = (count: number, name: string) =>
    Array.from({ length: count }, (_, index) => ({ term: `--${name}-${index}`, meaning: 'means something' }));
  const help = {
    name: 'moin-sessions big',
    usage: 'moin-sessions big [options]',
    summary: 'Big.',
    commands: [],
    options: { heading: 'Options', rows: many(5, 'own') },
    optionGroups: [
      { heading: 'Login', rows: many(6, 'login') },
      { heading: 'Filters', rows: many(6, 'filter') },
    ],
    notes: ['A note.'],
    examples: ['one', 'two', 'three', 'four', 'five'].map((line) => ({ line, purpose: '' })),
    isProgram: false,
  };

  it('shortens the last group first, then the notes and the examples, and says where the rest is', () => {
    const text = screenText(help, 80);
    expect(text).toContain("Filters (see 'moin-sessions help filters'): --filter-0, --filter-1");
    expect(text).toContain('Login: --login-0, --login-1');
    expect(text).toContain('  --own-4  means something');
    expect(text).toMatch(/Examples:\n {2}one\n {2}two\n {2}three\n/);
    expect(text).toContain("add '| less'");
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(23);
  });

  it('stays whole where there is room, and then says nothing of a rest', () => {
    const text = screenText({ ...help, optionGroups: [] }, 80);
    expect(text).toContain('  five\n');
    expect(text).toContain('A note.');
    expect(text).not.toContain('less');
  });

  it('shows at least something of each of 200 options, however long it gets', () => {
    const text = screenText({ ...help, options: { heading: 'Options', rows: many(200, 'x') } }, 80);
    for (let index = 0; index < 200; index++) expect(text).toContain(`--x-${index}`);
  });
});

it.each([20, 30, 40, 60, 132, 300])(
  'no line but examples and flags is wider than %s columns',
  async (columns) => {
    // The lines of this note are to be pasted, and stay whole.
    const pasted = new Set((await page(['completion'], 200)).split('\n'));
    for (const path of paths) {
      const text = `${await screen(path, columns)}\n${await page(path, columns)}`;
      const wide = text.split('\n').filter((line) => line.length > columns && /\S +\S/.test(line.trim()));
      expect(
        wide.filter(
          (line) =>
            !pasted.has(line) &&
            !/^ {2}(.*\| |source <\()?moin-sessions |^ {2}([a-z]+ )?[-<[]|^\S+:? *[-a-z]/.test(line),
        ),
      ).toEqual([]);
    }
  },
);
