import { warn } from '../../base/warn.js';
import type { FileName } from '../files/names.js';
import type { SecretsFile } from './owner.js';

/** What the process warns of once: files of secrets that cannot be read, or that are nobody's. */
export class SecretWarnings {
  readonly #dir: string;
  readonly #hasUsers: boolean;
  readonly #givenDir: string | null;
  readonly #warned = new Set<string>();

  /**
   * @param dir the folder of the secrets
   * @param known whether the folder of the users is there, and the setting `user_dir`
   */
  constructor(dir: string, known: { hasUsers: boolean; givenDir: string | null }) {
    this.#dir = dir;
    this.#hasUsers = known.hasUsers;
    this.#givenDir = known.givenDir;
  }

  /** One line for all files of one reason. */
  unreadable(files: Iterable<readonly [FileName, SecretsFile]>): void {
    const reasons = new Map<string, FileName[]>();
    for (const [name, file] of files)
      if ('unreadable' in file && !this.#warned.has(name))
        reasons.set(file.unreadable, [...(reasons.get(file.unreadable) ?? []), name]);
    for (const [reason, names] of reasons) {
      for (const name of names) this.#warned.add(name);
      const [what, whose] =
        names.length === 1
          ? [`the file of secrets ${names[0]}`, 'its user']
          : [`${names.length} files of secrets`, 'their users'];
      warn(
        'MOIN_SESSIONS_WIKI_SECRETS',
        `${what} in ${this.#dir} cannot be read (${reason}): the sessions of ${whose} are shown as those of nobody`,
      );
    }
  }

  unknownOwners(): void {
    if (this.#warned.has('')) return;
    this.#warned.add('');
    const dir = "the folder of the users as the wiki's server spells it";
    const why =
      this.#givenDir !== null
        ? `the setting user_dir, ${this.#givenDir}, fits none of them, nor does any other path that was tried: give ${dir}`
        : `${this.#hasUsers ? 'the wiki was moved' : 'the folder of the users is not there'}: give its setting 'user_dir' (--wiki-config user_dir=DIR), ${dir}`;
    warn(
      'MOIN_SESSIONS_WIKI_SECRETS',
      `the owners of the logins in ${this.#dir} are not known, because ${why}`,
    );
  }
}
