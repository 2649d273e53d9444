import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const PROJECT = new URL('../../', import.meta.url);
const PAGE = readFileSync(new URL('docs/security.md', PROJECT), 'utf8');

/** What the page says of tests: a file, and parts of names in it. */
const references = [...PAGE.matchAll(/`(test\/[\w/.-]+)`: ((?:"[^"]+"(?:, )?)+)/g)].flatMap(
  ([, file = '', names = '']) =>
    [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => [file, name] as const),
);

it.each(references)('docs/security.md: the file %s has a test named "%s"', (file, name) => {
  const path = new URL(file, PROJECT);
  expect(existsSync(path)).toBe(true);
  expect(readFileSync(path, 'utf8').replaceAll("\\'", "'")).toContain(name);
});

it('docs/security.md names tests for all points of ASVS that the design follows', () => {
  const points = [...PAGE.matchAll(/^\| (\d+\.\d+\.\d+) \|.*`test\//gm)].map(([, point]) => point);
  const followed = [
    '3.3.1',
    '3.3.2',
    '3.3.3',
    '3.3.4',
    '3.3.5',
    '7.1.1',
    '7.1.2',
    '7.2.3',
    '7.2.4',
    '7.3.1',
    '7.3.2',
  ];
  expect(points).toEqual([...followed, '7.4.1', '7.4.2', '7.4.3', '7.4.5', '7.5.2', '16.2.5', '16.3.1']);
});
