import { expect, it } from 'vitest';
import { drawsUnicode } from '../../../src/cli/output/charset.js';

it.each([
  [{ LANG: 'de_DE.UTF-8' }, true],
  [{ LC_CTYPE: 'UTF-8', LANG: '' }, true],
  [{ LANG: 'C.utf8', TERM: 'xterm-256color' }, true],
  [{ LANG: 'sr_RS.UTF-8@latin' }, true],
  [{ LANG: 'en_US.ISO-8859-1', LC_ALL: 'C.UTF-8' }, true],
  [{ LANG: 'C.UTF-8', LC_CTYPE: 'POSIX' }, false],
  [{ LANG: 'C.UTF-8', LC_ALL: 'C' }, false],
  [{ LANG: 'C.UTF-8', LC_ALL: '' }, true],
  [{ LANG: 'de_DE' }, false],
  [{}, false],
  [{ WT_SESSION: '9c41' }, true],
  [{ LANG: 'C.UTF-8', TERM: 'dumb' }, false],
  [{ LANG: 'C.UTF-8', TERM: 'linux' }, false],
])('with %j a terminal draws blocks: %s', (env, expected) => {
  expect(drawsUnicode(env)).toBe(expected);
});
