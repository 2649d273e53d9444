import { expect, it, onTestFinished } from 'vitest';
import { TextFile } from '../../../src/cli/watch/text-file.js';

it('a text is read as it was added, in any order, beside later ones', () => {
  const file = new TextFile();
  onTestFinished(() => file.close());
  const texts = ['', 'a', 'é🦊\u0000', 'x'.repeat(200_000), 'last'];
  const places = texts.map((text) => file.add(text));
  expect(places.map((place) => file.read(place))).toEqual(texts);
  const later = file.add('later');
  expect([file.read(later), file.read(places[2] as number)]).toEqual(['later', texts[2]]);
});

it('a file is wasteful when most of it is never read again', () => {
  const file = new TextFile();
  onTestFinished(() => file.close());
  const megabyte = 'x'.repeat(1024 * 1024);
  for (let n = 0; n < 20; n++) file.add(megabyte);
  expect(file.isWasteful(20 * megabyte.length)).toBe(false);
  expect(file.isWasteful(megabyte.length)).toBe(true);
});
