import { assertJson, type Json } from '../../base/json.js';

/** The value of a key as the store has it. Nobody changes it, so its text is made when it is first asked for. */
export class StoredValue {
  /** Undefined: the store lacks the key. */
  readonly value: Json | undefined;
  #text: string | undefined;

  /** @param text the JSON text, if it is known */
  constructor(value: Json | undefined, text?: string) {
    this.value = value;
    this.#text = text;
  }

  /** The JSON text; undefined for no value. */
  get text(): string | undefined {
    this.#text ??= JSON.stringify(this.value);
    return this.#text;
  }

  isSame(other: StoredValue): boolean {
    return this === other || this.value === other.value || this.text === other.text;
  }

  /**
   * What the store has once it has saved `value`: this one, if that is the same JSON. Shares nothing with `value`.
   * @throws TypeError naming the key, when the value is not JSON any more
   */
  after(key: string, value: Json | undefined): StoredValue {
    // Only objects change after `set` has checked them.
    if (typeof value !== 'object' || value === null)
      return value === this.value ? this : new StoredValue(copyOf(value));
    assertJson(key, value);
    const text = JSON.stringify(value);
    return text === this.text ? this : new StoredValue(JSON.parse(text), text);
  }
}

/** The value as JSON gives it back. */
function copyOf(value: string | number | boolean | null | undefined): Json | undefined {
  // A string of its own: a part of a string keeps the whole of it in memory.
  if (typeof value === 'string') return JSON.parse(JSON.stringify(value));
  // JSON has no -0.
  return value === 0 ? 0 : value;
}
