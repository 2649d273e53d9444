import type { WikiFile } from '../files/folder.js';
import type { FileName } from '../files/names.js';
import type { WikiUser } from './user.js';

/** The time at which the account was made, in s with up to two decimals, and a number up to 65535 (docs/moinmoin.md, "Take the users along"). */
const USER_ID = /^\d{1,15}(?:\.\d{1,2})?\.\d{1,5}$/;

/** Whether this is the id of a user, and so the name of their file. `README`, `cache` and the like are none. */
export function isUserId(name: FileName): boolean {
  return USER_ID.test(name);
}

/** The user in a file. Bytes that are no UTF-8 become U+FFFD. */
export function parseUser({ name: id, bytes }: WikiFile): WikiUser {
  const fields = new Map<string, string>();
  for (const line of bytes.toString().split('\n')) {
    const at = line.indexOf('=');
    if (at > 0 && !line.startsWith('#')) fields.set(line.slice(0, at), line.slice(at + 1).replace(/\r$/, ''));
  }
  return {
    id,
    name: fields.get('name') ?? '',
    disabled: isTicked(fields.get('disabled')),
    enc_password: fields.get('enc_password') ?? '',
    fields,
  };
}

/** Stands for a user whose file cannot be read: they exist, so their sessions are not those of a user who is gone. */
export function userWithoutFile(id: string): WikiUser {
  return { id, name: id, disabled: false, enc_password: '', fields: new Map() };
}

/** A check box is 0 or 1; a text such as `False` counts as 0. */
function isTicked(value = ''): boolean {
  return /^\s*[+-]?0*[1-9]\d*\s*$/.test(value);
}
