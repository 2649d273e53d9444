import { expect, it } from 'vitest';
import { nameInPasswd, sudoUserIn } from '../../../src/cli/process/sudo-user.js';

const PASSWD = 'root:x:0:0::/root:/bin/sh\n\n1000:x:2:1000::/:/\nolga:x:1000:1000:Olga:/home/olga:/bin/sh\n';

it.each<[NodeJS.ProcessEnv, number | undefined, string | undefined]>([
  [{}, 0, undefined],
  [{ SUDO_USER: '' }, 0, undefined],
  [{ SUDO_USER: 'olaf', SUDO_UID: '1000' }, 0, 'olaf'],
  [{ SUDO_USER: 'olaf' }, 0, 'olaf (unproven)'],
  [{ SUDO_USER: 'olaf', SUDO_UID: 'x' }, 0, 'olaf (unproven)'],
  [{ SUDO_USER: 'olaf', SUDO_UID: '1000' }, 1001, 'olaf (unproven)'],
  [{ SUDO_UID: '1000' }, 0, 'olga (unproven)'],
  [{ SUDO_UID: '1007' }, 0, 'uid 1007 (unproven)'],
  [{ SUDO_UID: '1000' }, 1001, undefined],
  [{ SUDO_UID: '0' }, 0, undefined],
  [{ SUDO_UID: '1000 ' }, 0, undefined],
  [{ SUDO_USER: 'olaf', SUDO_UID: '1000' }, undefined, 'olaf (unproven)'],
])('a name that anybody can set is marked: %j as %s is %s', (env, uid, expected) => {
  expect(sudoUserIn(env, uid, (id) => nameInPasswd(PASSWD, id))).toBe(expected);
});
