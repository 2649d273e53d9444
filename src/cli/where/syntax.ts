import jsep from 'jsep';
import { UsageError } from '../../base/errors.js';

export type Node = jsep.CoreExpression;

/** Longer expressions are refused: the parser calls itself for each bracket. */
const LONGEST = 1000;

const EXAMPLE = 'write it as views > 10 && cart.items[0].sku == "moin-3"';

// jsep has one table of operators, and nothing else in this process uses it.
for (const operator of ['===', '!==', '|', '^', '&', '<<', '>>', '>>>', '??', '**'])
  jsep.removeBinaryOp(operator);
for (const operator of ['~', '+']) jsep.removeUnaryOp(operator);
jsep.addBinaryOp('in', 7);

/** What people write who know another language, and what it is here. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  and: '&&',
  or: '||',
  not: '!',
  is: '==',
  like: 'includes()',
};

/** Parses an expression; evaluates nothing. @throws UsageError that names the place and a remedy */
export function parse(text: string): Node {
  if (text.trim() === '') throw whereError(`is empty: ${EXAMPLE}`);
  if (text.length > LONGEST) throw whereError(`has more than ${LONGEST} characters: shorten it`);
  const node = parsed(text);
  if (node.type !== 'Compound') return node;
  const other = Object.keys(OTHER_WORDS).find((word) => new RegExp(`(^|\\s)${word}(\\s|$)`).test(text));
  const hint = other === undefined ? EXAMPLE : `'${other}' is written ${OTHER_WORDS[other]}`;
  throw whereError(`is more than one expression: ${hint}`);
}

export function whereError(what: string): UsageError {
  return new UsageError(`--where ${what}`);
}

function parsed(text: string): Node {
  try {
    return jsep(text) as Node;
  } catch (error) {
    if (error instanceof RangeError) throw whereError('is nested too deeply: use fewer brackets');
    const { description = 'it is wrong', index = 0 } = error as { description?: string; index?: number };
    const hint = /(^|[^=!<>])=($|[^=])|===/.test(text) ? 'equality is written ==' : EXAMPLE;
    throw whereError(`cannot be read at character ${index + 1} (${description}): ${hint}`);
  }
}
