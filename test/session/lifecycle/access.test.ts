import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { type Access, accessTo } from '../../../src/session/lifecycle/access.js';
import { NOW, sample } from '../../aid/records.js';

const ends = { cookieExpires: NOW + HOUR, expires: NOW + 2 * HOUR };
const alices = { ...sample('aaaa', { user: 'alice' }), ...ends };
const visitors = { ...alices, kind: 'anonymous' as const, user: null };
const ALICE = { id: 'id-alice' };
const BOB = { id: 'id-bob' };

describe('what a cookie makes of the record under it', () => {
  it.each([
    ['S3: a user cookie speaks for its user', alices, 'user', null, 0, 'open'],
    ['S3: and for the user whom a method established', alices, 'user', ALICE, 0, 'open'],
    ['S10: not for another one', alices, 'user', BOB, 0, 'foreign'],
    ['S10: an anon cookie identifies nobody', alices, 'anon', null, 0, 'foreign'],
    ['S7: with an established user it opens their own', alices, 'anon', ALICE, 0, 'open'],
    ['S10: and no other’s', alices, 'anon', BOB, 0, 'foreign'],
    ['S2: a visitor’s', visitors, 'anon', null, 0, 'open'],
    ['S7: a visitor’s, for a user to take over', visitors, 'anon', BOB, 0, 'open'],
    ['S3: a visitor’s under a user cookie', visitors, 'user', null, 0, 'nobodys'],
    ['S3: the same with an established user', visitors, 'user', ALICE, 0, 'nobodys'],
    ['S3: in grace a user cookie opens nothing', alices, 'user', null, HOUR, 'over'],
    ['S2: an anon cookie does', visitors, 'anon', null, HOUR, 'open'],
    ['S2: until the record expires', visitors, 'anon', null, 2 * HOUR, 'over'],
    ['S3: expired comes before whose it is', alices, 'user', BOB, 2 * HOUR, 'over'],
  ] as const)('%s', (_, record, kind, user, later, expected: Access) => {
    expect(accessTo(record, kind, user, NOW + later)).toBe(expected);
  });

  it('I5: an ended record is over at any time', () => {
    const ended = { ...alices, ended: { at: NOW + HOUR, by: 'administrator' as const } };
    expect(accessTo(ended, 'user', null, NOW)).toBe('over');
  });
});
