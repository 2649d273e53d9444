import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fingerprintOf, IdTable } from '../../../src/cli/watch/id-table.js';

const id = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes.map((byte) => byte % 3)).toString('hex'));

it('an IdTable keeps what a Map keeps, whatever is put, found and cleared', () => {
  const step = fc.oneof(
    fc.record({ put: id, fingerprint: fc.maxSafeNat(), note: fc.maxSafeNat() }),
    fc.record({ find: id }),
    fc.constant({ clear: true }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = new IdTable();
      const model = new Map<string, { fingerprint: number; note: number }>();
      const found = new Set<string>();
      for (const one of steps) {
        if ('put' in one) {
          const kept = { fingerprint: one.fingerprint, note: one.note };
          table.put(one.put, kept);
          model.set(one.put, kept);
        } else if ('find' in one) {
          expect(table.has(one.find)).toBe(model.has(one.find));
          expect(table.find(one.find)).toEqual(model.get(one.find) ?? null);
          if (model.has(one.find)) found.add(one.find);
        } else {
          table.clear();
          model.clear();
          found.clear();
        }
        expect(table.size).toBe(model.size);
      }
      const missed = [...model]
        .filter(([name]) => !found.has(name))
        .map(([name, kept]) => ({ id: name, ...kept }));
      const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
      expect([...table.missed()].sort(byId)).toEqual(missed.sort(byId));
    }),
  );
});

it('an IdTable grows beyond its first size, and keeps what was found', () => {
  const table = new IdTable();
  const ids = Array.from({ length: 5000 }, (_, n) => (n * 2654435761).toString(16).padStart(32, '0'));
  for (const [note, name] of ids.entries()) {
    table.put(name, { fingerprint: note * 3, note });
    if (note % 2 === 0) table.find(name);
  }
  expect(table.size).toBe(5000);
  expect(ids.every((name, note) => table.has(name) && note >= 0)).toBe(true);
  expect([...table.missed()].map(({ note }) => note).sort((a, b) => a - b)).toEqual(
    ids.flatMap((_, note) => (note % 2 === 1 ? [note] : [])),
  );
});

it('texts that differ in one place have fingerprints that differ', () => {
  const prints = new Set<number>();
  const text = '{"id":"0123456789abcdef","state":"active","seen":"2026-05-01T12:00:00.000Z"}';
  for (let at = 0; at < text.length; at++)
    for (const letter of ['x', '0', '\u{d800}', ''])
      prints.add(fingerprintOf(text.slice(0, at) + letter + text.slice(at + 1)));
  const distinct = new Set(
    Array.from({ length: text.length }, (_, at) =>
      ['x', '0', '\u{d800}', ''].map((letter) => text.slice(0, at) + letter + text.slice(at + 1)),
    ).flat(),
  );
  expect(prints.size).toBe(distinct.size);
  for (const print of prints) expect(Number.isSafeInteger(print)).toBe(true);
});
