import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/cli/output/redact.js';

describe('I1: what looks like a token is hidden', () => {
  it.each([
    ['aB'.repeat(20), '[hidden]'],
    [`x ${'-'.repeat(38)}aB, y`, 'x [hidden], y'],
    [`${'a'.repeat(50)}.${'B'.repeat(50)}`, `${'a'.repeat(50)}.${'B'.repeat(50)}`],
    ['aB'.repeat(19), 'aB'.repeat(19)],
  ])('%s', (text, shown) => expect(redact(text)).toBe(shown));

  it.each([
    ['a'.repeat(1024 * 1024)],
    ['A'.repeat(1024 * 1024)],
    ['-'.repeat(1024 * 1024)],
    ['user.'.repeat(200_000)],
  ])('1 MiB of one case takes no more than linear time', (text) => expect(redact(text)).toBe(text));
});
