import { readFileSync } from 'node:fs';

/** The texts of `/etc/group` and `/etc/passwd`. */
export interface Accounts {
  groups: string;
  users: string;
}

/**
 * Whether this user is the only member of a group. Ubuntu, Fedora and others give each user a private group and a umask
 * that lets the group write. A group that is not in these files, as with LDAP, counts as shared.
 */
export function isPrivateGroup(gid: number, uid: number, { groups, users }: Accounts): boolean {
  const accounts = linesOf(users).map(([name, , id, group]) => ({
    name,
    uid: Number(id),
    gid: Number(group),
  }));
  const own = new Set(accounts.filter((account) => account.uid === uid).map(({ name }) => name));
  const listed = linesOf(groups).filter(([, , id]) => Number(id) === gid);
  const members = listed.flatMap(([, , , names = '']) => names.split(',').filter((name) => name !== ''));
  const primary = accounts.filter((account) => account.gid === gid);
  return (
    listed.length > 0 &&
    primary.some((account) => account.uid === uid) &&
    primary.every((account) => account.uid === uid) &&
    members.every((name) => own.has(name))
  );
}

/** The accounts of this machine; empty texts when the files cannot be read. */
export function systemAccounts(): Accounts {
  return { groups: textOf('/etc/group'), users: textOf('/etc/passwd') };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function linesOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.trim().split(':'));
}
