import { PickleError } from './error.js';
import { PickleInput } from './input.js';
import { completeLimits, type PickleLimits } from './limits.js';
import { checkMeasure } from './measure.js';
import { decodeLong, MOST_DIGITS, parseFloatText, parseInteger } from './numbers.js';
import { PickleStack } from './stack.js';
import { decodeRawUnicodeEscape, decodeStringEscape, decodeUtf8 } from './text.js';
import { PyBytes, PyDict, PyTuple, type PyValue } from './values.js';

// A reader of our own: those on npm (pickleparser 0.2, jpickle 0.4) turn str and unicode, tuple and list into one type,
// so that nothing can be written back, call functions for GLOBAL and REDUCE, and bound nothing.

type Step = (stack: PickleStack, input: PickleInput) => void;

const NEWEST_PROTOCOL = 2;

/** What each opcode does, by its byte. STOP is not among them. */
const STEPS: readonly (Step | undefined)[] = stepsByCode({
  '\x80': (_stack, input) => {
    if (input.uint8() > NEWEST_PROTOCOL) throw input.fault('names a protocol of Python 3');
  },
  '(': (stack) => stack.mark(),
  '0': (stack) => stack.drop(),
  '1': (stack) => void stack.popMark(),
  '2': (stack) => stack.push(stack.top()),

  N: (stack) => stack.push(null),
  '\x88': (stack) => stack.push(true),
  '\x89': (stack) => stack.push(false),

  I: (stack, input) => {
    const text = asciiLine(input);
    stack.push(text === '01' ? true : text === '00' ? false : integer(text, input));
  },
  J: (stack, input) => stack.push(BigInt(input.int32())),
  K: (stack, input) => stack.push(BigInt(input.uint8())),
  M: (stack, input) => stack.push(BigInt(input.uint16())),
  L: (stack, input) => stack.push(integer(asciiLine(input).replace(/L$/, ''), input)),
  '\x8a': (stack, input) => stack.push(long(input.take(input.uint8()), input)),
  '\x8b': (stack, input) => stack.push(long(input.take(length(input)), input)),
  F: (stack, input) => stack.push(orFault(parseFloatText(asciiLine(input)), input, 'holds no float')),
  G: (stack, input) => stack.push(input.double()),

  S: (stack, input) =>
    stack.push(new PyBytes(orFault(decodeStringEscape(input.line()), input, 'holds no quoted text'))),
  T: (stack, input) => stack.push(new PyBytes(input.take(length(input)))),
  U: (stack, input) => stack.push(new PyBytes(input.take(input.uint8()))),
  V: (stack, input) =>
    stack.push(orFault(decodeRawUnicodeEscape(input.line()), input, 'holds a broken escape')),
  X: (stack, input) => stack.push(orFault(decodeUtf8(input.take(input.uint32())), input, 'holds no UTF-8')),

  ']': (stack) => stack.push([]),
  l: (stack) => stack.push(stack.popMark()),
  a: (stack) => {
    const item = stack.pop();
    stack.append([item]);
  },
  e: (stack) => stack.append(stack.popMark()),

  ')': (stack) => stack.push(new PyTuple([])),
  t: (stack) => stack.push(new PyTuple(stack.popMark())),
  '\x85': (stack) => stack.push(stack.popTuple(1)),
  '\x86': (stack) => stack.push(stack.popTuple(2)),
  '\x87': (stack) => stack.push(stack.popTuple(3)),

  '}': (stack) => stack.push(new PyDict()),
  d: (stack) => {
    const items = stack.popMark();
    stack.push(new PyDict());
    stack.setItems(items);
  },
  s: (stack) => {
    const value = stack.pop();
    const key = stack.pop();
    stack.setItems([key, value]);
  },
  u: (stack) => stack.setItems(stack.popMark()),

  g: (stack, input) => stack.get(memoIndex(input)),
  h: (stack, input) => stack.get(input.uint8()),
  j: (stack, input) => stack.get(input.uint32()),
  p: (stack, input) => stack.put(memoIndex(input)),
  q: (stack, input) => stack.put(input.uint8()),
  r: (stack, input) => stack.put(input.uint32()),
});

const STOP = 0x2e;

/**
 * Reads a pickle of plain data in protocol 0, 1 or 2. Nothing in it is run or instantiated. Bytes after STOP are ignored, as
 * Python does. A part that the pickle shares is one object in the value.
 * @throws PickleError for any other opcode, which it names, damage, a cycle, a list or dict as a key, and more than the limits
 */
export function readPickle(bytes: Uint8Array, limits: Partial<PickleLimits> = {}): PyValue {
  const bounds = completeLimits(limits);
  if (bytes.length > bounds.bytes) {
    throw new PickleError(`the pickle has ${bytes.length} bytes, more than the limit of ${bounds.bytes}`);
  }
  // A copy, because the values are views of it.
  const input = new PickleInput(Buffer.from(bytes));
  const stack = new PickleStack(input, bounds);
  for (let code = input.opcode(); code !== STOP; code = input.opcode()) {
    const step = STEPS[code];
    if (step === undefined) throw input.refusal();
    step(stack, input);
  }
  const value = stack.pop();
  checkMeasure(value, bounds);
  return value;
}

function stepsByCode(steps: Readonly<Record<string, Step>>): readonly (Step | undefined)[] {
  return Array.from({ length: 256 }, (_, code) => steps[String.fromCharCode(code)]);
}

function asciiLine(input: PickleInput): string {
  return input.line().toString('latin1');
}

function integer(digits: string, input: PickleInput): bigint {
  return bounded(orFault(parseInteger(digits), input, 'holds no decimal int'), input);
}

function long(bytes: Buffer, input: PickleInput): bigint {
  return bounded(decodeLong(bytes), input);
}

function bounded(int: bigint | 'too-long', input: PickleInput): bigint {
  if (int === 'too-long') throw input.tooMuch(`has an int of more than ${MOST_DIGITS} digits`);
  return int;
}

/** The length of LONG4 and BINSTRING, which is signed. */
function length(input: PickleInput): number {
  const length = input.int32();
  if (length < 0) throw input.fault('has a negative length');
  return length;
}

function memoIndex(input: PickleInput): number {
  const text = asciiLine(input);
  if (!/^(?:0|[1-9][0-9]{0,9})$/.test(text)) throw input.fault('holds no index');
  return Number(text);
}

function orFault<T>(value: T | null, input: PickleInput, flaw: string): T {
  if (value === null) throw input.fault(flaw);
  return value;
}
