import { describe, expect, it } from 'vitest';
import { isPrivateGroup } from '../../../src/cli/site/private-group.js';

const users = [
  'root:x:0:0:root:/root:/bin/bash',
  'alice:x:1000:1000::/home/alice:/bin/bash',
  'bob:x:1001:1001::/home/bob:/bin/bash',
  'carol:x:1002:100::/home/carol:/bin/bash',
  'dave:x:1003:100::/home/dave:/bin/bash',
].join('\n');
const groups = ['root:x:0:', 'users:x:100:', 'alice:x:1000:', 'bob:x:1001:alice', 'devs:x:2000:alice'].join(
  '\n',
);
const accounts = { users, groups };

describe('spec 7: a private group, whose only member is the caller', () => {
  it.each<[string, number, number, boolean]>([
    ['a user’s own group', 1000, 1000, true],
    ['root’s own group', 0, 0, true],
    ['a group that another user has been put into', 1001, 1001, false],
    ['another user’s own group', 1000, 1001, false],
    ['another user’s own group, though it lists the caller', 1001, 1000, false],
    ['a group that several users share', 100, 1002, false],
    ['a group that lists the caller alone, and is nobody’s own', 2000, 1000, false],
    ['a group that these files do not know', 4711, 1000, false],
    ['a user whom these files do not know', 1000, 4711, false],
  ])('%s (group %d, user %d): %s', (_name, gid, uid, isPrivate) => {
    expect(isPrivateGroup(gid, uid, accounts)).toBe(isPrivate);
  });

  it('unreadable account files name no accounts', () => {
    expect(isPrivateGroup(0, 0, { users: '', groups: '' })).toBe(false);
  });
});
