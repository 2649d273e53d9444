import { expect, it } from 'vitest';
import { sudoUserIn } from '../../../src/cli/process/sudo-user.js';

it.each<[NodeJS.ProcessEnv, number | undefined, string | undefined]>([
  [{}, 0, undefined],
  [{ SUDO_USER: '' }, 0, undefined],
  [{ SUDO_USER: 'olaf', SUDO_UID: '1000' }, 0, 'olaf'],
  [{ SUDO_USER: 'olaf' }, 0, 'olaf (unproven)'],
  [{ SUDO_USER: 'olaf', SUDO_UID: 'x' }, 0, 'olaf (unproven)'],
  [{ SUDO_USER: 'olaf', SUDO_UID: '1000' }, 1001, 'olaf (unproven)'],
  [{ SUDO_USER: 'olaf', SUDO_UID: '1000' }, undefined, 'olaf (unproven)'],
])('a name that anybody can set is marked: %j as %s is %s', (env, uid, expected) => {
  expect(sudoUserIn(env, uid)).toBe(expected);
});
