import { expect, it } from 'vitest';
import { DeniedRecordError, UnreadableRecordError } from '../../../src/base/errors.js';
import { Counter } from '../../../src/session/admin/tally.js';

it('of several failures the first one is told, but one for want of a right only if there is no other', () => {
  const counter = new Counter({});
  const denied = new DeniedRecordError('a', 'permission denied');
  const damaged = new UnreadableRecordError('b', 'it is empty');
  const failures = [denied, new DeniedRecordError('c', 'permission denied'), damaged];
  const told = failures.map((error) => {
    counter.failed(error.id, error);
    return counter.tally.unreported;
  });
  expect(told).toEqual([denied, denied, damaged]);
  counter.failed('d', new UnreadableRecordError('d', 'it is empty'));
  expect(counter.tally.unreported).toBe(damaged);
});
