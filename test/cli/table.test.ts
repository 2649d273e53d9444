import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { cli, sample, storeOf } from './fake-context.js';

const HOSTILE = 'evil\x1b[2J\x07\x9b31m\u202eabc\u2066\r\n';
const names = [
  'alice',
  '日本語の長い名前です',
  '👩‍👩‍👧‍👦 family',
  'שלום',
  'عربي',
  'éa\u0301',
  HOSTILE,
  '#hash#',
];
const store = await storeOf(
  ...names.map((user, index) => sample(`abc${index}`, { user, data: { [user]: 1 } })),
);
const lines = (text: string) => text.split('\n').filter((line) => line !== '');

describe.each([40, 60, 80, 200])('a table on %i columns', (columns) => {
  it('is no wider than the terminal, and shows every session', async () => {
    const { out } = await cli({ store, columns }, 'list');
    expect(lines(out)).toHaveLength(names.length + 1);
    for (const line of lines(out)) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('keeps its columns straight with wide, joined and right-to-left names', async () => {
    const { out } = await cli({ store, columns }, 'list', '--fields', 'userName,state');
    const [heading = '', ...rows] = lines(out);
    const start = heading.indexOf('STATE');
    for (const row of rows) expect(stringWidth(row.slice(0, row.indexOf('active')))).toBe(start);
  });

  it('lets nothing through that could steer the terminal', async () => {
    for (const format of ['table', 'json', 'ndjson', 'csv', 'ids']) {
      const { out } = await cli(
        { store, columns, tty: true, env: { NO_COLOR: '1' } },
        'list',
        '--format',
        format,
      );
      expect(out.replaceAll(/\r?\n/g, '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
    }
    const { out } = await cli({ store, columns, env: { NO_COLOR: '1' } }, 'inspect', 'abc6');
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
  });
});

describe('a table', () => {
  it('sets right-to-left names apart', async () => {
    const { out } = await cli({ store }, 'list');
    expect(out).toContain('\u2068שלום\u2069');
  });

  it('shows short ids and relative times', async () => {
    const { out } = await cli({ store: await storeOf(sample('abc')) }, 'list');
    expect(lines(out)[1]).toMatch(/^abc000000000 {2}alice {6}active {2}now {3}in 2h/);
  });

  it('csv in a pipe is byte for byte what is stored', async () => {
    const { out } = await cli(
      { store },
      'list',
      '--format',
      'csv',
      '--fields',
      'userName',
      '--user',
      HOSTILE,
    );
    expect(out).toBe(`userName\r\n"${HOSTILE}"\r\n`);
  });

  it.each<[string, { tty?: boolean; env?: Record<string, string> }, string[], boolean]>([
    ['a terminal', { tty: true }, [], true],
    ['a pipe', {}, [], false],
    ['--no-color', { tty: true }, ['--no-color'], false],
    ['NO_COLOR', { tty: true, env: { NO_COLOR: '1' } }, [], false],
    ['FORCE_COLOR in a pipe', { env: { FORCE_COLOR: '1' } }, [], true],
    ['--no-color over FORCE_COLOR', { env: { FORCE_COLOR: '1' } }, ['--no-color'], false],
  ])('colours: %s', async (_name, world, flags, colored) => {
    const { out } = await cli({ store, ...world }, 'list', ...flags);
    expect(out.includes('\x1b[')).toBe(colored);
  });

  it('is drawn in pieces of the same widths', async () => {
    const many = await storeOf(
      ...Array.from({ length: 450 }, (_, n) => sample(n.toString(16).padStart(4, '0'))),
    );
    const { out } = await cli({ store: many }, 'list');
    expect(lines(out)).toHaveLength(451);
    expect(
      new Set(
        lines(out)
          .slice(1)
          .map((line) => line.length),
      ).size,
    ).toBe(1);
  });
});
