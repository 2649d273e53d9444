import { type FileName, idOfName } from '../files/names.js';

/** The secrets by the id of their session. An id is a digest, and each is made once. */
export class SecretIds {
  #names: ReadonlyMap<string, FileName> = new Map();
  #madeOf: ReadonlyMap<FileName, unknown> | null = null;

  /** The secret of this id among these; null for none. @param secrets an unchanged map is not read again */
  nameOf(id: string, secrets: ReadonlyMap<FileName, unknown>): FileName | null {
    if (this.#madeOf !== secrets) this.#renew(secrets);
    return this.#names.get(id) ?? null;
  }

  #renew(secrets: ReadonlyMap<FileName, unknown>): void {
    const known = new Map([...this.#names].map(([id, name]) => [name, id]));
    this.#names = new Map([...secrets.keys()].map((name) => [known.get(name) ?? idOfName(name), name]));
    this.#madeOf = secrets;
  }
}
