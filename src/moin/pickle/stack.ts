import type { PickleInput } from './input.js';
import { sizeOf } from './measure.js';
import { PyDict, PyTuple, type PyValue } from './values.js';

/** What the opcodes work on: the stack with its marks, and the memo. Reaching below a mark is refused, as are missing items. */
export class PickleStack {
  readonly #input: PickleInput;
  readonly #items: PyValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PyValue>();
  #valuesLeft: number;
  #keyWorkLeft: number;
  readonly #deepestKey: number;

  constructor(input: PickleInput, limits: { values: number; expanded: number; depth: number }) {
    this.#input = input;
    this.#valuesLeft = limits.values;
    this.#keyWorkLeft = limits.expanded;
    this.#deepestKey = limits.depth;
  }

  push(value: PyValue): void {
    this.#spend();
    this.#items.push(value);
  }

  mark(): void {
    this.#spend();
    this.#marks.push(this.#items.length);
  }

  #spend(): void {
    if (--this.#valuesLeft < 0) throw this.#input.tooMuch('has too many values');
  }

  /** The top, which stays. */
  top(): PyValue {
    if (this.#items.length === this.#floor) throw this.#input.fault('finds no value on the stack');
    return this.#items.at(-1) as PyValue;
  }

  pop(): PyValue {
    const top = this.top();
    this.#items.length--;
    return top;
  }

  /** POP takes a mark as well. */
  drop(): void {
    if (this.#marks.at(-1) === this.#items.length) this.#marks.pop();
    else this.pop();
  }

  /** All above the last mark, which goes too. */
  popMark(): PyValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.#input.fault('finds no mark on the stack');
    return this.#items.splice(mark);
  }

  popTuple(length: number): PyTuple {
    const items: PyValue[] = [];
    while (items.length < length) items.push(this.pop());
    return new PyTuple(items.reverse());
  }

  append(items: readonly PyValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.#input.fault('finds no list on the stack');
    for (const item of items) list.push(item);
  }

  /** Sets keys and values, which take turns, in the dict on the top. */
  setItems(items: readonly PyValue[]): void {
    const dict = this.top();
    if (!(dict instanceof PyDict)) throw this.#input.fault('finds no dict on the stack');
    if (items.length % 2 === 1) throw this.#input.fault('finds a key without a value');
    for (let index = 0; index < items.length; index += 2) {
      const key = items[index] as PyValue;
      this.#checkKey(key, this.#deepestKey);
      dict.set(key, items[index + 1] as PyValue);
    }
  }

  /** To compare a key costs its whole size at each use, also when the memo makes the pickle itself small. */
  #checkKey(key: PyValue, levels: number): void {
    if (Array.isArray(key) || key instanceof PyDict) {
      throw this.#input.fault('finds a list or dict as the key of a dict');
    }
    this.#keyWorkLeft -= key instanceof PyTuple ? 1 : sizeOf(key);
    if (this.#keyWorkLeft < 0 || levels === 0) throw this.#input.tooMuch('has too large keys of dicts');
    if (key instanceof PyTuple) for (const item of key.items) this.#checkKey(item, levels - 1);
  }

  put(index: number): void {
    this.#memo.set(index, this.top());
  }

  get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#input.fault('fetches a value that was not stored');
    this.push(value);
  }

  get #floor(): number {
    return this.#marks.at(-1) ?? 0;
  }
}
