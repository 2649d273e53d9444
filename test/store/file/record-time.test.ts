import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeOf, mtimeOf } from '../../../src/store/file/record-time.js';

const times = fc.integer({ min: 0, max: 4e12 });
const revisions = fc.integer({ min: 1, max: 2 ** 40 });

describe('the modification time of a record', () => {
  it('spec 6: is expires, when it is rounded to milliseconds', () => {
    fc.assert(
      fc.property(times, revisions, (expires, revision) => {
        expect(Math.round(mtimeOf({ expires, revision }))).toBe(expires);
      }),
    );
  });

  it('is known again by its revision, also after the file system has rounded it, and by no other of the next 99', () => {
    fc.assert(
      fc.property(times, revisions, fc.integer({ min: 1, max: 99 }), (expires, revision, later) => {
        const kept = Math.round(mtimeOf({ expires, revision }) * 1e4) / 1e4;
        expect(isTimeOf({ expires, revision }, kept)).toBe(true);
        expect(isTimeOf({ expires, revision: revision + later }, kept)).toBe(false);
        expect(isTimeOf({ expires: expires + 1, revision }, kept)).toBe(false);
      }),
    );
  });

  it('is known again after Node 20 and 22 have cut it to microseconds', () => {
    fc.assert(
      fc.property(times, revisions, (expires, revision) => {
        const seconds = mtimeOf({ expires, revision }) / 1000;
        const cut = Math.floor(seconds) * 1000 + (Math.trunc(seconds * 1e6) % 1e6) / 1000;
        expect(isTimeOf({ expires, revision }, cut)).toBe(true);
      }),
    );
  });

  it('is not known again where the file system keeps whole milliseconds or seconds', () => {
    fc.assert(
      fc.property(times, revisions, (expires, revision) => {
        expect(isTimeOf({ expires, revision }, expires)).toBe(false);
      }),
    );
  });
});
