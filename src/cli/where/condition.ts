import type { SessionDetail } from '../../session/admin/info.js';
import { compile } from './compile.js';
import { type Node, parse, whereError } from './syntax.js';

/** A condition on a session. Relative times such as `-7d` count from `now` (ms). */
export type Where = (now: number) => (session: SessionDetail) => boolean;

/**
 * Reads the expression of `--where`: names are keys of the session's data, `session.FIELD` is a field of spec 7. What is
 * not there is unknown, and so is each comparison with it; a session is selected only if the whole is true.
 * @throws UsageError when it cannot be read, or is no condition
 */
export function readWhere(text: string): Where {
  const node = parse(text);
  assertCondition(node);
  const where: Where = (now) => {
    const evaluate = compile(node, { now, inAny: false });
    return (session) => evaluate({ session, it: undefined }) === true;
  };
  // Mistakes are found now, not when the store is open.
  where(0);
  return where;
}

/** A number or a text would silently select nothing. */
function assertCondition(node: Node): void {
  const isValue =
    node.type === 'ArrayExpression' ||
    (node.type === 'Literal' && typeof node.value !== 'boolean') ||
    (node.type === 'UnaryExpression' && node.operator === '-') ||
    (node.type === 'BinaryExpression' && '+-*/%'.includes(node.operator));
  if (isValue) throw whereError('is a value, not a condition: compare it, as in views + 1 > 10');
}
