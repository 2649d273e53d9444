import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idLines } from '../../../src/cli/input/id-lines.js';

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function read(text: string, size = 5): Promise<[number, string][]> {
  const found: [number, string][] = [];
  for await (const { number, text: line } of idLines(inPieces(text, size))) found.push([number, line]);
  return found;
}

describe('ids on stdin, one a line', () => {
  it('takes LF and CR LF, and a last line without either; leaves out blank lines and comments', async () => {
    const text = '\ufeff3f2a\r\n\r\n  # 90be: not this one\n   \n90be  \n\tabcd';
    expect(await read(text)).toEqual([
      [1, '3f2a'],
      [5, '90be'],
      [6, 'abcd'],
    ]);
  });

  it('gives the same lines however the pipe cuts them', async () => {
    const line = fc.constantFrom('3f2a', '', '# none', '  90be\r', '\r');
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 40 }), async (lines, size) => {
        const text = lines.join('\n');
        const meant = lines
          .map((each, n) => [n + 1, each.trim()])
          .filter(([, each]) => each !== '' && !String(each).startsWith('#'));
        expect(await read(text, size)).toEqual(meant);
      }),
    );
  });

  it('an input without line breaks ends at once, instead of filling the memory', async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        taken += 1;
        yield 'x'.repeat(100);
      }
    }
    await expect(idLines(endless()).next()).rejects.toThrow('line 1 of stdin is too long');
    expect(taken).toBe(3);
  });

  it('a comment may be long', async () => {
    expect(await read(`# ${'x'.repeat(5000)}\n3f2a\n`, 64)).toEqual([[2, '3f2a']]);
  });
});
