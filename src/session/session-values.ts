import type { Json } from '../base/json.js';

/**
 * The keys that an application keeps in its sessions, with their types. Extend this interface:
 *
 *     declare module 'moin-sessions' {
 *       interface SessionValues {
 *         cart: string[];
 *         [draft: `draft:${string}`]: { text: string };
 *       }
 *     }
 *
 * While it has no members, a session takes every key, with any JSON value. With members, another key is an error for the
 * compiler; a member `[key: string]: Json` admits all.
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications extend it
export interface SessionValues {}

/** The keys that the compiler accepts: those of `Values`, or every string when it declares none. */
export type SessionKey<Values extends object = SessionValues> = [keyof Values] extends [never]
  ? string
  : keyof Values & string;

/** The type of the value under a key: `Json` where none is declared, and with `any` for `Values`. */
export type ValueOf<Values extends object, K extends string> = 0 extends 1 & Values
  ? Json
  : K extends keyof Values
    ? Values[K]
    : Json;

/** What `set` takes under a key: the declared type, or `unknown` where that is `Json`, for `JsonLike` to judge. */
export type Settable<Values extends object, K extends string> = Open<ValueOf<Values, K>>;

/** What `update` takes: a function of the current value that returns the new one. */
export type Step<Values extends object, K extends string, Next = Settable<Values, K>> = (
  current: ValueOf<Values, K> | undefined,
) => Next;

/**
 * `V` itself if JSON can hold it, else a type that `V` is not assignable to: with `NotJson` or `NotDeclared` in the place
 * of what is wrong. Takes interfaces, which the type `Json` does not: they have no index signature.
 *
 * @typeParam Declared the declared type, whose members alone `V` may have. `unknown`: any members
 */
export type JsonLike<V, Declared = unknown> = unknown extends Declared
  ? [V] extends [Json]
    ? V
    : Checked<V, Declared>
  : Checked<V, Declared>;

type Checked<V, Declared> = V extends null | boolean | number | string
  ? V
  : V extends undefined
    ? NotJson<'undefined'>
    : V extends (...args: never) => unknown
      ? NotJson<'a function'>
      : V extends object
        ? { [P in keyof V]: Member<V, P, Declared> }
        : NotJson<'a bigint, a symbol or unknown'>;

/** Stands in a compiler's message for a value that JSON cannot hold. */
interface NotJson<What extends string> {
  readonly 'JSON cannot hold': What;
}

/** Stands in a compiler's message for a member that the declared type does not have. */
interface NotDeclared<Name> {
  readonly 'SessionValues does not declare': Name;
}

type Member<V, P extends keyof V, Declared> = P extends symbol
  ? NotJson<'a symbol as key'>
  : P extends KeyOf<Declared>
    ? JsonLike<V[P], Open<Part<Declared, P>>>
    : NotDeclared<P>;

/** The keys of each member of a union. A tuple's are `'0'`, `'1'`, …: an array has all of them. */
type KeyOf<Declared> = unknown extends Declared
  ? PropertyKey
  : Declared extends unknown
    ? keyof Declared | (number extends keyof Declared ? `${number}` : never)
    : never;

type Part<Declared, P> = unknown extends Declared
  ? unknown
  : Declared extends unknown
    ? P extends keyof Declared
      ? Declared[P]
      : P extends `${number}`
        ? ElementOf<Declared>
        : never
    : never;

type ElementOf<Declared> = Declared extends readonly (infer Element)[] ? Element : never;

type Open<Declared> = [Json] extends [Declared] ? unknown : Declared;
