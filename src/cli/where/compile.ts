import type { Json } from '../../base/json.js';
import type { SessionDetail } from '../../session/admin/info.js';
import { assertTime, type Evaluate, type Names, nameOf, sessionField } from './names.js';
import { type Node, whereError } from './syntax.js';
import { areEqual, calculated, compared, isIn, METHODS, memberOf, timeOf, type Value } from './values.js';

const FUNCTIONS = ['has', 'any', 'time'];

/** Turns a parsed expression into functions. @throws UsageError for what the language does not have */
export function compile(node: Node, names: Names): Evaluate {
  switch (node.type) {
    case 'Literal':
      return constant(node.value as Value);
    case 'Identifier':
      return nameOf(node.name, names);
    case 'MemberExpression':
      return memberExpression(node, names);
    case 'UnaryExpression':
      return unary(node.operator, compile(node.argument as Node, names));
    case 'BinaryExpression':
      return binary(node, names);
    case 'ConditionalExpression':
      return choice(node, names);
    case 'ArrayExpression': {
      const elements = node.elements.map((element) =>
        element === null ? constant(null) : compile(element as Node, names),
      );
      // An unknown element equals nothing, so it is left out.
      return (scope) =>
        elements.map((element) => element(scope)).filter((value) => value !== undefined) as Json[];
    }
    case 'CallExpression':
      return call(node, names);
    default:
      throw whereError(
        `has no ${node.type === 'ThisExpression' ? "'this'" : 'lists of expressions'}: leave it out`,
      );
  }
}

function constant(value: Value): Evaluate {
  return () => value;
}

function memberExpression(node: Extract<Node, { type: 'MemberExpression' }>, names: Names): Evaluate {
  const field = sessionField(node, names);
  if (field !== null) return ({ session }) => session[field as keyof SessionDetail] as Value;
  const object = compile(node.object as Node, names);
  const { property } = node;
  if (!node.computed) return (scope) => memberOf(object(scope), property.name as string);
  const key = compile(property as Node, names);
  return (scope) => memberOf(object(scope), key(scope));
}

function unary(operator: string, argument: Evaluate): Evaluate {
  if (operator === '!') return (scope) => not(argument(scope));
  return (scope) => calculated('-', 0, argument(scope));
}

function not(value: Value): Value {
  return typeof value === 'boolean' ? !value : undefined;
}

function binary(node: Extract<Node, { type: 'BinaryExpression' }>, names: Names): Evaluate {
  const { operator } = node;
  const [left, right] = [node.left, node.right] as [Node, Node];
  assertTime(left, right, names);
  assertTime(right, left, names);
  const one = compile(left, names);
  const other = compile(right, names);
  const { now } = names;
  const order =
    (test: (difference: number) => boolean): Evaluate =>
    (scope) => {
      const difference = compared(one(scope), other(scope), now);
      return difference === undefined ? undefined : test(difference);
    };
  switch (operator) {
    case '&&':
      return both(one, other, false);
    case '||':
      return both(one, other, true);
    case '==':
      return (scope) => areEqual(one(scope), other(scope), now);
    case '!=':
      return (scope) => not(areEqual(one(scope), other(scope), now));
    case '<':
      return order((difference) => difference < 0);
    case '<=':
      return order((difference) => difference <= 0);
    case '>':
      return order((difference) => difference > 0);
    case '>=':
      return order((difference) => difference >= 0);
    case 'in':
      return (scope) => isIn(one(scope), other(scope), now);
    default:
      return (scope) => calculated(operator, one(scope), other(scope));
  }
}

/** `&&` and `||` by Kleene: `decisive` on one side decides, whatever is unknown on the other. */
function both(one: Evaluate, other: Evaluate, decisive: boolean): Evaluate {
  return (scope) => {
    const first = one(scope);
    if (first === decisive) return decisive;
    const second = other(scope);
    if (second === decisive) return decisive;
    return first === !decisive && second === !decisive ? !decisive : undefined;
  };
}

function choice(node: Extract<Node, { type: 'ConditionalExpression' }>, names: Names): Evaluate {
  const [test, then, otherwise] = [node.test, node.consequent, node.alternate].map((part) =>
    compile(part as Node, names),
  ) as [Evaluate, Evaluate, Evaluate];
  return (scope) => {
    const verdict = test(scope);
    if (typeof verdict !== 'boolean') return undefined;
    return verdict ? then(scope) : otherwise(scope);
  };
}

function call(node: Extract<Node, { type: 'CallExpression' }>, names: Names): Evaluate {
  const callee = node.callee as Node;
  const given = node.arguments as Node[];
  if (callee.type === 'MemberExpression' && !callee.computed && isMethod(callee))
    return method(callee, given, names);
  const name = callee.type === 'Identifier' ? callee.name : '';
  if (!FUNCTIONS.includes(name))
    throw whereError(
      `calls something that is not there: there are ${FUNCTIONS.map((known) => `${known}()`).join(', ')}`,
    );
  const wanted = name === 'any' ? 2 : 1;
  const [first, second] = given;
  if (first === undefined || given.length !== wanted)
    throw whereError(`gives ${name}() ${given.length} values: it takes ${wanted}`);
  const value = compile(first, names);
  if (name === 'has') return (scope) => value(scope) !== undefined;
  if (name === 'time') return (scope) => timeOf(value(scope), names.now);
  const test = compile(second as Node, { ...names, inAny: true });
  return (scope) => {
    const list = value(scope);
    if (!Array.isArray(list)) return undefined;
    return list.some((it: Json) => test({ session: scope.session, it }) === true);
  };
}

function isMethod({ property }: Extract<Node, { type: 'MemberExpression' }>): boolean {
  if (Object.hasOwn(METHODS, String(property.name))) return true;
  throw whereError(`calls a method that is not there: there are ${Object.keys(METHODS).join(', ')}`);
}

function method(
  callee: Extract<Node, { type: 'MemberExpression' }>,
  given: readonly Node[],
  names: Names,
): Evaluate {
  const run = METHODS[String(callee.property.name)] as (typeof METHODS)[string];
  const object = compile(callee.object as Node, names);
  const argument = given[0] === undefined ? constant(undefined) : compile(given[0], names);
  return (scope) => run(object(scope), argument(scope), names.now);
}
