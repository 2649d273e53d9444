import type { JsonObject } from '../../base/json.js';
import { didYouMean } from '../../base/suggest.js';
import { SESSION_FIELDS, type SessionDetail } from '../../session/admin/info.js';
import { parseMoment } from '../input/parse.js';
import { type Node, whereError } from './syntax.js';
import { memberOf, type Value } from './values.js';

/** What an expression looks at: a session, or inside `any()` one element of a list. */
interface Scope {
  session: SessionDetail;
  it: Value;
}

export type Evaluate = (scope: Scope) => Value;

/** What the names in an expression stand for. */
export interface Names {
  now: number;
  /** Inside `any()`: names are keys of the element, and `it` is the element. So the work grows with the data, not with its square. */
  inAny: boolean;
}

const FIELDS: readonly string[] = [...Object.keys(SESSION_FIELDS), 'revision'];

/** What a name alone stands for. */
export function nameOf(name: string, { inAny }: Names): Evaluate {
  if (inAny) return name === 'it' ? ({ it }) => it : ({ it }) => memberOf(it, name);
  if (name === 'data') return ({ session }) => session.data ?? undefined;
  if (name === 'session')
    throw whereError(`needs a field after 'session', as in session.userName: ${FIELDS.join(', ')}`);
  return ({ session }) => memberOf(session.data as JsonObject, name);
}

/** The field that `session.FIELD` names; null for any other node. */
export function sessionField(node: Node, { inAny }: Names): string | null {
  if (inAny || node.type !== 'MemberExpression' || node.object.name !== 'session') return null;
  const field = String(node.computed ? node.property.value : node.property.name);
  if (FIELDS.includes(field)) return field;
  throw whereError(
    `names no field of a session${didYouMean(field, FIELDS)}: after 'session.' write ${FIELDS.join(', ')}`,
  );
}

/** A time that cannot be read, beside a field that is a time, would silently match nothing. */
export function assertTime(field: Node, text: Node, names: Names): void {
  if (text.type !== 'Literal' || typeof text.value !== 'string') return;
  const name = sessionField(field, names);
  if (name !== null && (SESSION_FIELDS as Record<string, string>)[name] === 'date')
    parseMoment(text.value, names.now);
}
