import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { cli } from '../../aid/cli/fake-context.js';
import { sample, storeOf } from '../../aid/records.js';

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

const NO_COLOR = { NO_COLOR: '1' };

describe.each([40, 60, 80, 200])('a table on %i columns', (columns) => {
  const terminal = { store, columns, tty: true, env: NO_COLOR };

  it('is at most as wide as the terminal, and shows every session', async () => {
    const { out } = await cli(terminal, 'list');
    const rows = lines(out).filter((line) => /^(ID|abc\d0)/.test(line));
    expect(rows).toHaveLength(names.length + 1);
    expect(lines(out)[names.length + 1]).toMatch(/^8 sessions; SEEN is/);
    for (const line of lines(out)) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('keeps its columns straight with wide, joined and right-to-left names', async () => {
    const { out } = await cli(terminal, 'list', '--fields', 'userName,state');
    const [heading = '', ...rows] = lines(out);
    const start = heading.indexOf('STATE');
    const shown = rows.filter((row) => row.includes('active'));
    expect(shown).toHaveLength(names.length);
    for (const row of shown) expect(stringWidth(row.slice(0, row.indexOf('active')))).toBe(start);
  });

  it('--wide breaks lines between columns, and keeps every cell whole and every column straight', async () => {
    const fields = { wide: ['--wide'], exact: ['--fields', 'id,userName,userId,created,expires,state'] };
    for (const flags of [fields.wide, [...fields.exact, '--wide']]) {
      const { out } = await cli(terminal, 'list', ...flags);
      const piped = await cli({ ...terminal, tty: false }, 'list', ...flags);
      const cells = (text: string) => lines(text).map((line) => line.trim().split(/ {2,}/));
      const table = cells(out).flat().slice(0, cells(piped.out).flat().length);
      expect(table).toEqual(cells(piped.out).flat());
      for (const line of lines(out)) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      const [heading = ''] = lines(out).filter((line) => line.includes('STATE'));
      const states = lines(out).filter((line) => / active( |$)/.test(line));
      expect(states).toHaveLength(names.length);
      for (const row of states)
        expect(stringWidth(row.slice(0, row.indexOf('active')))).toBe(heading.indexOf('STATE'));
    }
  });

  it('lets nothing through that could steer the terminal', async () => {
    for (const format of ['table', 'json', 'ndjson', 'csv', 'ids']) {
      const { out } = await cli(terminal, 'list', '--format', format);
      expect(out.replaceAll(/\r?\n/g, '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
    }
    const { out } = await cli(terminal, 'inspect', 'abc6');
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
  });
});

describe('a table', () => {
  it('isolates right-to-left names', async () => {
    const { out } = await cli({ store }, 'list');
    expect(out).toContain('\u2068שלום\u2069');
  });

  it('shows short ids and relative times', async () => {
    const { out } = await cli({ store: await storeOf(sample('abc')) }, 'list');
    expect(lines(out)[1]).toMatch(/^abc000000000 {2}alice {6}active {2}now {3}in 1h {11}user/);
  });

  it('spec 7: a field that --fields names is always shown, even on a narrow terminal', async () => {
    const fields = ['userName', 'state', 'kind', 'method', 'created', 'cookieExpires', 'bytes', 'id'];
    const terminal = { store, columns: 30, tty: true, env: NO_COLOR };
    const { out } = await cli(terminal, 'list', '--fields', fields.join(','));
    expect(out.slice(0, out.indexOf('BYTES'))).toMatch(
      /^USER NAME +STATE +KIND\n {2}METHOD +CREATED\n {2}COOKIE EXPIRES +$/,
    );
    expect(lines(out).filter((line) => /abc\d0{8}$/.test(line))).toHaveLength(names.length);
    for (const line of lines(out)) expect(stringWidth(line)).toBeLessThanOrEqual(30);
  });

  it('spec 7: without a terminal a table has no width limit, and no cell is shortened', async () => {
    const name = 'n'.repeat(100);
    const wide = await storeOf(sample('abcd', { user: name, data: { [name]: 1 } }), sample('abce'));
    const piped = await cli({ store: wide, columns: 40 }, 'list');
    expect(lines(piped.out)[0]).toMatch(/METHOD$/);
    expect(piped.out).toContain(`${name}  active`);
    expect(piped.out).toMatch(new RegExp(`${name} .*moin_login`));
    const shown = await cli({ store: wide, columns: 40, tty: true, env: NO_COLOR }, 'list');
    expect(shown.out).not.toContain(name);
  });

  it.each([true, false])(
    'spec 7: csv replaces control characters with symbols (terminal: %s)',
    async (tty) => {
      const csv = ['--format', 'csv', '--fields', 'userName', '--user', HOSTILE];
      const { out } = await cli({ store, tty, env: NO_COLOR }, 'list', ...csv);
      expect(out).toBe('userName\r\nevil␛[2J␇\ufffd31m\ufffdabc\ufffd␍␊\r\n');
    },
  );

  it('--csv-safe marks as text what a spreadsheet would run; without it csv has the stored values', async () => {
    const formulas = ['=1+1', '+1', '-1', '@A1', '\t=1', '=A1,"x"'];
    const hostile = await storeOf(...formulas.map((user, index) => sample(`abc${index}`, { user })));
    const csv = ['list', '--sort', 'id', '--fields', 'userName', '--format', 'csv'];
    const cells = async (...flags: string[]) =>
      (await cli({ store: hostile }, ...csv, ...flags)).out.split('\r\n').slice(1, -1);
    expect(await cells()).toEqual(['=1+1', '+1', '-1', '@A1', '␉=1', '"=A1,""x"""']);
    expect(await cells('--csv-safe')).toEqual(["'=1+1", "'+1", "'-1", "'@A1", '␉=1', '"\'=A1,""x"""']);
    const { code, err } = await cli({ store: hostile }, 'list', '--csv-safe');
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('add --format csv') });
  });

  it('--csv-safe: also in full width, behind what nobody sees, and where ; parts the cells', async () => {
    const formulas = [
      '＝1',
      '＋1',
      '－1',
      '＠A',
      '\ufeff=1',
      '\u200b\u00a0@A',
      'a;=1',
      'a; b;\u200b+1',
      'a;b',
    ];
    const hostile = await storeOf(...formulas.map((user, index) => sample(`abc${index}`, { user })));
    const csv = ['list', '--sort', 'id', '--fields', 'userName', '--format', 'csv', '--csv-safe'];
    const { out } = await cli({ store: hostile }, ...csv);
    expect(out.split('\r\n').slice(1, -1)).toEqual([
      ...["'＝1", "'＋1", "'－1", "'＠A", "'\ufeff=1", "'\u200b\u00a0@A"],
      ...[`"a;'=1"`, `"a; b;'\u200b+1"`, '"a;b"'],
    ]);
  });

  it('a character that nobody sees is shown in a table, and stays as it is for programs', async () => {
    const hidden = await storeOf(sample('abc', { user: 'ali\u200bce' }));
    const shown = async (format: string) =>
      (await cli({ store: hidden }, 'list', '--fields', 'userName', '--format', format)).out;
    expect(await shown('table')).toContain('ali\ufffdce');
    for (const format of ['csv', 'tsv', 'json', 'ndjson'])
      expect(await shown(format)).toContain('ali\u200bce');
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

  it('is written in pieces with the same widths', async () => {
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
