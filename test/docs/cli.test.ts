import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { manPage } from '../../docs/cli/man.js';
import { markdown } from '../../docs/cli/markdown.js';
import { readReference } from '../../docs/cli/reference.js';
import { cli } from '../aid/cli/fake-context.js';
import { need } from '../aid/need.js';

const fileOf = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
/** mandoc prints a bold letter twice, with a backspace in between. */
const BOLD = new RegExp('.\\b'.replace('\\b', String.fromCharCode(8)), 'g');
const MAN = fileOf('man/moin-sessions.1');

const reference = await readReference();
const groups = reference.commands.flatMap(({ options, optionGroups }) => [options, ...optionGroups]);
const rows = [...groups, ...reference.topics.flatMap((topic) => topic.groups)].flatMap(
  (group) => group?.rows ?? [],
);

test.each([
  ['docs/cli.md', markdown],
  ['man/moin-sessions.1', manPage],
])('%s is what the tree of commands says: `npm run docs:cli` writes it', (name, made) => {
  expect(readFileSync(fileOf(name), 'utf8') === made(reference), 'npm run docs:cli').toBe(true);
});

describe('docs/cli.md', () => {
  const page = readFileSync(fileOf('docs/cli.md'), 'utf8');

  it('has every command, option and topic, each with its meaning', () => {
    for (const { name } of reference.commands)
      expect(page).toMatch(new RegExp(`^##+ ${name.slice(14)}$`, 'm'));
    for (const { term } of rows) expect(page).toContain(`| \`${term.replaceAll('|', '\\|')}\` |`);
    expect(rows.length).toBeGreaterThan(60);
  });

  it('leads each command with its examples', () => {
    for (const { name, examples } of reference.commands) {
      const [section = ''] = page.split(new RegExp(`^##+ ${name.slice(14)}$`, 'm'))[1]?.split(/^#/m) ?? [];
      expect(section.indexOf(examples[0]?.line ?? ''), name).toBeLessThan(section.indexOf('Usage:'));
    }
  });
});

test('docs/operations.md shows what the program writes about itself', async () => {
  const [, section = ''] =
    /^## Help\n([\s\S]*?)^## /m.exec(readFileSync(fileOf('docs/operations.md'), 'utf8')) ?? [];
  const blocks = [...section.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block]) => String(block));
  const shown = blocks.flatMap((block) => block.split(/^\$ moin-sessions /m).slice(1));
  expect(shown).toHaveLength(3);
  for (const text of shown) {
    const [line = '', ...output] = text.split('\n');
    const { out, err } = await cli({}, ...line.split(' '));
    expect(output.join('\n')).toBe(out + err);
  }
});

describe('the man page', () => {
  const mandoc = (...args: string[]) => spawnSync('mandoc', args, { encoding: 'utf8' });
  const missing = mandoc('-Tlint', MAN).error === undefined ? null : 'there is no mandoc';

  it('is well-formed', (context) => {
    need(context, missing);
    const faults = mandoc('-Tlint', MAN)
      .stdout.split('\n')
      .filter((line) => line !== '');
    // A page without a date is the same in every build.
    expect(faults.filter((line) => !line.includes('missing date'))).toEqual([]);
  });

  it('shows every term and every example as it is typed', (context) => {
    need(context, missing);
    const shown = mandoc('-Tutf8', '-Owidth=400', MAN).stdout.replaceAll(BOLD, '');
    for (const { term } of rows) expect(shown).toContain(term);
    const examples = [reference.program, ...reference.commands].flatMap((command) => command.examples);
    for (const { line } of examples) expect(shown).toContain(line);
  });
});
