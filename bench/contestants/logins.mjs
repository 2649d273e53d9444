import { randomBytes } from 'node:crypto';
import { createSessions } from '../../dist/sessions.js';
import { hashPassword } from '../../dist/users/password.js';
import { scryptParameters } from '../../dist/users/scrypt.js';
import { temporaryFolder } from '../folder.mjs';
import { fileStore } from './ours.mjs';
import { users } from './users.mjs';

/** What a login is compared with. */
export async function twoSaves(size) {
  const { save } = await fileStore(size);
  return {
    async twoSaves(n) {
      await save(n);
      await save(n + 1);
    },
  };
}

/** The cost of one password, which a login adds. */
export function hashing() {
  const parameters = scryptParameters();
  return { scrypt: (n) => hashPassword(`password ${n}`, parameters, `user${n}`) };
}

/** Logins, logouts and rotations without a web server, each of another user, in files. */
export function logins(root = temporaryFolder()) {
  const sessions = createSessions({
    store: `file:${root}`,
    secrets: [randomBytes(32)],
    users,
    auth: ['moin_login', 'moin_session'],
  });
  const cookies = new Map();
  const visit = async (n, request, act = () => {}) => {
    const begun = await sessions.begin({ remoteAddress: '127.0.0.1', ...request });
    await act(begun);
    const { 'set-cookie': set } = await begun.commit();
    cookies.set(n, String(set).split(';', 1)[0]);
    return begun;
  };
  const login = async (n) => {
    const form = { login: true, name: `User${n}`, password: 'password' };
    const { user } = await visit(n, { method: 'POST', url: '/login', form });
    if (user === null) throw new Error(`User${n} could not log in`);
  };
  const withCookie = (n) => ({ headers: { cookie: cookies.get(n) } });
  return {
    login,
    async logout(n) {
      await visit(n, { ...withCookie(n), method: 'POST', url: '/logout', form: { logout: true } });
      cookies.delete(n);
    },
    rotation: (n) => visit(n, withCookie(n), ({ session }) => session.rotate()),
    /** A logout and a rotation need somebody who is logged in. */
    async prepare({ operation, count, first }) {
      cookies.clear();
      if (operation !== 'login') for (let n = first; n < first + count; n++) await login(n);
    },
  };
}
