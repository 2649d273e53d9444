import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as errors from '../../../src/base/errors.js';
import { describeCommand } from '../../../src/cli/help/describe.js';
import { topicText } from '../../../src/cli/help/page.js';
import type { TopicText } from '../../../src/cli/help/topic.js';
import { TOPICS } from '../../../src/cli/help/topics.js';
import { FORMATS } from '../../../src/cli/output/formats.js';
import { detailView } from '../../../src/cli/output/sessions.js';
import { tsvLines } from '../../../src/cli/output/tsv-lines.js';
import { COMMAND_NAMES } from '../../../src/cli/program.js';
import { addFilterOptions } from '../../../src/cli/selection/filters.js';
import { cli } from '../../aid/cli/fake-context.js';
import { wholeProgram } from '../../aid/cli/tree.js';

const SRC = fileURLToPath(new URL('../../../src/', import.meta.url));
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith(join('cli', 'help')))
  .map((name) => readFileSync(join(SRC, name), 'utf8'));

const program = await wholeProgram();
const textOf = async (name: string) =>
  (await TOPICS.find((topic) => topic.name === name)?.load(program)) as TopicText;
const termsOf = async (name: string) =>
  (await textOf(name)).groups.flatMap(({ rows }) => rows.map(({ term }) => term));

describe('help on a topic', () => {
  it('help states fits on a terminal of 80 x 24, with the command and the next prompt', async () => {
    const { out } = await cli({ columns: 80, tty: true }, 'help', 'states');
    expect(out.trimEnd().split('\n').length).toBeLessThanOrEqual(22);
  });

  it('help formats names every escape that tsv writes', async () => {
    const row = (await textOf('formats')).groups[0]?.rows.find(({ term }) => term === 'tsv');
    const column = { name: 'a', value: (text: string) => text };
    for (const control of ['\t', '\n', '\r', '\\'])
      expect(row?.meaning.split(' ')).toContain(tsvLines([column]).line(control).trimEnd());
  });

  it.each(TOPICS.map(({ name }) => name))(
    'spec 7: help %s writes on stdout, no wider than the terminal',
    async (name) => {
      for (const columns of [40, 80, 200]) {
        const { code, out, err } = await cli({ columns, tty: true }, 'help', name);
        expect({ code, err }).toEqual({ code: 0, err: '' });
        expect(out.split('\n').filter((line) => line.length > columns)).toEqual([]);
        expect(out.split('\n').length).toBeGreaterThan(4);
      }
    },
  );

  it.each(['filters', 'options'])('help %s fits a terminal of 80 x 24 with its prompt', async (name) => {
    const { out } = await cli({ columns: 80, rows: 24, tty: true }, 'help', name);
    expect(out.trimEnd().split('\n').length).toBeLessThanOrEqual(23);
  });

  it('a word that is no topic: the error names the topics', async () => {
    const { code, err } = await cli({}, 'help', 'foo');
    expect(code).toBe(2);
    for (const { name } of TOPICS) expect(err).toContain(name);
  });

  it('lines to paste stay lines, on a page', async () => {
    const { out } = await cli({ columns: 80 }, 'help', 'completion');
    expect(out.split('\n')).toContain('  zsh   moin-sessions completion zsh > FOLDER/_moin-sessions');
  });

  it('exit-codes says what else 3 and 4 are: nobody is logged in, and findings', async () => {
    const { out } = await cli({ columns: 200 }, 'help', 'exit-codes');
    expect(out).toMatch(/^ +3 .*whoami/m);
    expect(out).toMatch(/^ +4 .*check/m);
  });

  it('no topic has the name of a command', () => {
    expect(TOPICS.filter(({ name }) => COMMAND_NAMES.includes(name))).toEqual([]);
  });

  it('environment names every variable that a source reads, and no other', async () => {
    const read = sources.flatMap((source) => [
      ...[...source.matchAll(/\benv\.([A-Za-z_]\w*)/g)].map(([, name]) => name),
      ...[...source.matchAll(/\benv\[(?:'(\w+)'|(\w+))\]/g)].map(
        ([, quoted, constant]) =>
          quoted ?? new RegExp(`const ${constant} = '(\\w+)'`).exec(source)?.[1] ?? `unknown: ${constant}`,
      ),
      // A destructured variable would be missed.
      ...(/\{ [A-Z_]+[^}]*\} = [\w.]*env\b/.test(source) ? ['destructured'] : []),
      ...(source.includes('tmpdir()') ? ['TMPDIR'] : []),
    ]);
    expect(await termsOf('environment')).toEqual(expect.arrayContaining([...new Set(read)]));
    expect([...new Set(read)].sort()).toEqual((await termsOf('environment')).toSorted());
  });

  it('exit-codes has the code of every error', async () => {
    const codes = Object.values(errors)
      .filter((value) => typeof value === 'function' && value.prototype instanceof Error)
      .map((kind) => Reflect.construct(kind as unknown as typeof Error, ['x', 'name']).exitCode as number);
    expect(new Set(codes)).toEqual(new Set([1, 2, 3, 4]));
    expect(await termsOf('exit-codes')).toEqual(expect.arrayContaining(['0', ...new Set(codes.map(String))]));
  });

  it('fields has every field of a session, in the order of `inspect`', async () => {
    expect(await termsOf('fields')).toEqual(detailView.columns.map(({ name }) => name));
  });

  it('filters has the filters of `list`, in the same words', async () => {
    const list = program.commands.find((command) => command.name() === 'list');
    const { optionGroups } = describeCommand(list as typeof program);
    expect((await textOf('filters')).groups).toEqual(
      optionGroups.filter(({ heading }) => heading === 'Filters'),
    );
    expect(await termsOf('filters')).toHaveLength(
      addFilterOptions(list?.createCommand() as typeof program).options.length,
    );
  });

  it('states and formats have all of them', async () => {
    expect(await termsOf('states')).toEqual(
      expect.arrayContaining(['active', 'grace', 'expired', 'refused', 'unreadable', 'user', 'anonymous']),
    );
    expect(await termsOf('formats')).toEqual([...FORMATS]);
  });

  it('options has those that all commands share', async () => {
    expect(await termsOf('options')).toEqual([...program.options.map(({ flags }) => flags), '-h, --help']);
  });

  it('replaces what could control the terminal', () => {
    const text = {
      intro: ['a\x1b[2Jb'],
      groups: [{ heading: 'H', rows: [{ term: 't\x07', meaning: 'm\u202e' }] }],
      notes: [],
    };
    expect(topicText(text, 80)).toBe('a␛[2Jb\n\nH:\n  t␇  m\ufffd\n');
  });
});

describe('the command help', () => {
  it.each([
    [['help'], 'Usage: moin-sessions [options] COMMAND'],
    [['help', 'list'], 'Usage: moin-sessions list [options]'],
    [['help', 'users', 'add'], 'Usage: moin-sessions users add [options] <name>'],
    [['users', 'help', 'add'], 'Usage: moin-sessions users add [options] <name>'],
    [['help', 'help'], 'Usage: moin-sessions help [COMMAND | TOPIC]'],
  ])('%j shows what --help shows', async (argv, usage) => {
    const { code, out, err } = await cli({}, ...argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`${usage}\n`);
    const words = argv
      .filter((word, index) => word !== 'help' || index > 1 || argv[1] === 'help')
      .slice(0, 2);
    if (argv[1] !== 'help') expect(out).toBe((await cli({}, ...words, '--help')).out);
  });

  it.each([
    [['help', 'lst'], "there is no help of this name (did you mean 'list'?): see 'moin-sessions --help'"],
    [['help', 'exit-code'], "(did you mean 'exit-codes'?)"],
    [['help', 'users', 'ad'], "(did you mean 'add'?): see 'moin-sessions users --help'"],
    [['help', 'list', 'fields'], "there is no help of this name: see 'moin-sessions list --help'"],
    [['help', 'fields', 'id'], 'there is no help of this name'],
  ])('%j: exit 2, in one line', async (argv, message) => {
    const { code, out, err } = await cli({}, ...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).toMatch(/^[^\n]+\n$/);
  });
});
