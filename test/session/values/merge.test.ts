import { expect, it } from 'vitest';
import type { Json } from '../../../src/base/json.js';
import { merge } from '../../../src/session/values/merge.js';

it.each<[string, Json | undefined, Json | undefined, Json | undefined, Json | undefined]>([
  ['others changed nothing', ['mine'], ['a'], ['a'], ['mine']],
  ['only others changed it', ['a'], ['a'], ['theirs'], ['theirs']],
  ['both made a list where none was', ['mine'], undefined, ['theirs'], ['mine']],
  ['both made a list of a text', ['mine'], 'text', ['theirs'], ['mine']],
  ['both made an object where none was', { mine: 1 }, undefined, { theirs: 2 }, { mine: 1 }],
  ['both changed other keys', { a: 1, b: 0 }, { a: 0, b: 0 }, { a: 0, b: 2 }, { a: 1, b: 2 }],
  ['both changed the same key', { a: 1 }, { a: 0 }, { a: 2 }, { a: 1 }],
  ['both added to a list', ['a', 'mine'], ['a'], ['theirs', 'a'], ['theirs', 'a', 'mine']],
  ['I removed what others changed', undefined, ['a'], ['b'], undefined],
])('I1: three-way merge: %s', (_, mine, base, theirs, expected) => {
  expect(merge(mine, base, theirs)).toEqual(expected);
});
