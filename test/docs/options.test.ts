import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { OPTIONS } from '../../src/config/options.js';

const DOCS = fileURLToPath(new URL('../../docs/library.md', import.meta.url));
const source = (path: string) => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8');

/** An option as its row says it. */
interface Documented {
  type: string;
  meaning: string;
  /** What the sentence says of the default. */
  absent: string;
}

/** The rows of `OPTIONS` that have a docstring, and the members of `LifetimeOptions`, which the other rows refer to. */
function documented(): Map<string, Documented> {
  const DOCSTRING = String.raw`/\*\*(?<doc>(?:(?!\*/)[\s\S])*)\*/\s*`;
  const row = new RegExp(String.raw`${DOCSTRING}(?<name>\w+): option(?:al)?<(?<type>.*?)>\(`, 'g');
  const member = new RegExp(String.raw`${DOCSTRING}(?<name>\w+)\?: (?<type>.*?);`, 'g');
  const found = [
    ...source('config/options.ts').matchAll(row),
    ...source('session/lifecycle/lifetime.ts').matchAll(member),
  ];
  return new Map(
    found.map(({ groups }) => [String(groups?.name), read(groups?.doc ?? '', groups?.type ?? '')]),
  );
}

function read(doc: string, type: string): Documented {
  const text = doc.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim();
  const [, meaning = '', absent = ''] = /^(.*) Default:? (.*)\.$/.exec(text) ?? [];
  return { type, meaning, absent };
}

function tableRow(name: string, { type, meaning, absent }: Documented): string {
  return `| \`${name}\` | ${`\`${type}\``.replaceAll('|', '\\|')} | ${meaning} | ${absent} |`;
}

const options = documented();

test('the docstring of each option has its meaning and its default', () => {
  expect(Object.keys(OPTIONS).filter((name) => !options.get(name)?.meaning)).toEqual([]);
});

test('the default in the docstring is the default in the row', () => {
  for (const [name, { default: value }] of Object.entries(OPTIONS)) {
    if (['string', 'number', 'boolean'].includes(typeof value))
      expect(options.get(name)?.absent, name).toBe(`\`${value}\``);
  }
});

test('docs/library.md lists every option, in the words of its docstring; `vitest -u` writes the table', async () => {
  const rows = Object.keys(OPTIONS).map((name) => tableRow(name, options.get(name) as Documented));
  const table = ['| option | type | meaning | default |', '| --- | --- | --- | --- |', ...rows].join('\n');
  const docs = readFileSync(DOCS, 'utf8');
  const written = docs.replace(/(?<=^## Options\n[^|]*)\|[\s\S]*?\|(?=\n\n)/m, () => table);
  await expect(written).toMatchFileSnapshot(DOCS);
});
