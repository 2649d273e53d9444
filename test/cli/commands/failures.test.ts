import { expect, it } from 'vitest';
import { DeniedRecordError, StoreError } from '../../../src/base/errors.js';
import { failureNotes } from '../../../src/cli/commands/failures.js';
import type { CliContext } from '../../../src/cli/context.js';
import { idOf } from '../../aid/records.js';

it('sessions that may not be read get five lines, and then are only counted; other failures get one each', () => {
  const lines: string[] = [];
  const err = { isTTY: false, write: async (text: string) => void lines.push(text) };
  const tell = failureNotes({ err } as unknown as CliContext, null);
  for (let at = 0; at < 8; at++) tell(idOf(at), new DeniedRecordError(idOf(at), 'it is shut'));
  for (let at = 8; at < 15; at++) tell(idOf(at), new StoreError('it is stuck'));
  expect(lines.filter((line) => line.includes('it is shut'))).toHaveLength(5);
  expect(lines.filter((line) => line.includes('only counted from here on'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('it is stuck'))).toHaveLength(7);
});
