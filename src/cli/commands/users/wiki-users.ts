import { resolve } from 'node:path';
import { NotFoundError, UsageError } from '../../../base/errors.js';
import type { Json } from '../../../base/json.js';
import { didYouMean } from '../../../base/suggest.js';
import type { WikiUser } from '../../../moin/users/user.js';
import type { UserFields } from '../../../users/directory.js';
import { assertFieldNames } from '../../../users/fields.js';
import type { UserToImport } from '../../../users/import-verdict.js';
import type { CliContext } from '../../context.js';
import { unlessTypeError } from '../../input/json-value.js';
import { note } from '../../output/note.js';

/** What an application wants of a wiki's user: MoinMoin's own names. */
export const USUAL_FIELDS = ['email', 'language', 'aliasname', 'tz_offset'];

/** A key that resets a password, and dictionaries, whose form is MoinMoin's own. */
const UNUSABLE = /^recoverpass_key$|\{\}$/;

/** The users of a wiki. */
export interface WikiUserList {
  /** Their folder, absolute. */
  folder: string;
  users: readonly WikiUser[];
}

/** @throws UsageError when there is no wiki; StoreError when it cannot be read */
export async function readWikiUsers({ cwd }: CliContext, dir: string): Promise<WikiUserList> {
  const [{ findUserDir }, { WikiUsers }] = await Promise.all([
    import('../../../moin/users/user-dir.js'),
    import('../../../moin/users/users.js'),
  ]);
  const folder = findUserDir(resolve(cwd, dir));
  return { folder, users: [...new WikiUsers(folder).list()] };
}

/** @throws UsageError for a field that no user of the wiki has, or that a user here cannot have */
export async function assertWikiFields(names: readonly string[], users: readonly WikiUser[]): Promise<void> {
  await unlessTypeError(async () => assertFieldNames(names));
  const unusable = names.find((name) => UNUSABLE.test(name));
  if (unusable !== undefined)
    throw new UsageError(`the field ${unusable} cannot be taken along: leave it out`);
  const known = [...new Set(users.flatMap(({ fields }) => [...fields.keys()]))];
  const unknown = names.find((name) => !known.includes(name) && !known.includes(`${name}[]`));
  if (unknown === undefined || users.length === 0) return;
  throw new UsageError(
    `no user of the wiki has a field ${JSON.stringify(unknown)}${didYouMean(unknown, known)}: look into one of the user files`,
  );
}

/** The users of these names or ids; all without names. @throws NotFoundError when the wiki has none of them */
export async function chooseWikiUsers(
  context: CliContext,
  users: readonly WikiUser[],
  names: readonly string[],
): Promise<{ chosen: readonly WikiUser[]; missing: number }> {
  if (names.length === 0) return { chosen: users, missing: 0 };
  const wanted = new Map(names.map((name) => [name.normalize('NFC'), name]));
  const chosen = users.filter(({ id, name }) => wanted.has(name.normalize('NFC')) || wanted.has(id));
  for (const { id, name } of chosen) for (const key of [id, name.normalize('NFC')]) wanted.delete(key);
  const missing = [...wanted.values()].map((name) => `the wiki has no user '${name}'`);
  if (chosen.length === 0) throw new NotFoundError(`${missing.join(', ')}: look into its user files`);
  for (const text of missing) await note(context, text);
  return { chosen, missing: missing.length };
}

/** The user with the fields of these names that are not empty: lists as lists, the offset of the time zone (s) as a number. */
export function toImport(
  { id, name, disabled, enc_password, fields }: WikiUser,
  names: readonly string[],
): UserToImport {
  const own = names.flatMap((field) => {
    const value = fieldOf(fields, field);
    return value === null ? [] : [[field, value]];
  });
  return {
    id,
    name,
    disabled,
    encPassword: enc_password,
    fields: Object.fromEntries(own) as UserFields,
    ...createdFrom(id),
  };
}

function fieldOf(fields: WikiUser['fields'], name: string): Json {
  const text = fields.get(name) ?? '';
  const list = fields.get(`${name}[]`) ?? '';
  if (text === '') return list === '' ? null : list.split('\t');
  return name === 'tz_offset' && /^-?\d{1,6}$/.test(text) ? Number(text) : text;
}

/** An id begins with the time at which the account was made, in s. */
function createdFrom(id: string): { created?: number } {
  const created = Math.round(Number(id.split('.').slice(0, -1).join('.')) * 1000);
  return Number.isSafeInteger(created) && created > 0 ? { created } : {};
}
