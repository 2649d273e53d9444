import { ok, strictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { COMMAND_NAMES } from '../../src/cli/program.js';
import { cli } from '../aid/cli/fake-context.js';
import { NOW, sample, storeOf } from '../aid/records.js';
import { target } from './target.js';

const COMMANDS = [...COMMAND_NAMES, 'users list', 'check', 'help', ''];
const FLAGS = [
  '--user',
  '--user-id',
  '--anonymous',
  '--logged-in',
  '--active',
  '--grace',
  '--expired',
  '--refused',
  '--expires-within',
  '--idle',
  '--has-key',
  '--sort',
  '--reverse',
  '--limit',
  '--all',
  '--yes',
  '-y',
  '--dry-run',
  '-n',
  '--format',
  '--json',
  '--fields',
  '--at',
  '--quiet',
  '--no-color',
  '--debug',
  '--cookie',
  '--login',
  '--logout',
  '--name',
  '--basic',
  '--remote-user',
  '--header',
  '--https',
  '--address',
  '--repeat',
  '--expect-user',
  '--expect-none',
  '--store',
  '-h',
  '-V',
  '--',
  '-',
];
const VALUES = [
  'alice',
  'a1b2',
  'A1B2',
  'a1',
  '2h',
  '-1d',
  '+2h',
  'id',
  'seen',
  'json',
  'ndjson',
  'csv',
  'ids',
  'count',
  'table',
  '0',
  '-1',
  '1',
  '99999999999999999999',
  '2026-05-01',
  'MOIN_SESSION=user.x.y',
  'K: v',
  '::1',
  'id,kind',
  '',
  '__proto__',
];
const word = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...FLAGS) },
  { weight: 5, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }).filter((text) => !text.includes('/')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }).filter((text) => !text.includes('/')) },
);

/** A command line: a documented exit status, and errors of a line or two, without a stack (spec 7). */
export const commandLines = target<string[]>({
  name: 'command lines',
  share: 0.02,
  input: fc
    .tuple(fc.constantFrom(...COMMANDS), fc.array(word, { maxLength: 5 }))
    .map(([command, words]) => [...command.split(' ').filter(Boolean), ...words]),
  kept: [['--'], ['list', '--format', 'json'], ['purge', '--all', '--json', '-y'], ['inspect', '']],
  async check(argv) {
    const store = await storeOf(sample('a1b2'), sample('a1b3', { user: 'bob', cookieExpires: NOW - 9e7 }));
    const { code, out, err } = await cli({ store }, ...argv);
    ok([0, 1, 2, 3, 4].includes(code), `status ${code}`);
    if (code === 2) strictEqual(out, '', 'a usage error after output');
    if (code !== 0)
      ok(err.startsWith('moin-sessions: ') || code === 3 || argv.includes('-q'), `status ${code}: ${err}`);
    if (!argv.includes('--debug')) ok(!/^ +at /m.test(err), err);
    if (code === 2) ok(err.trimEnd().split('\n').length <= 2 || argv.includes('--debug'), err);
  },
});
