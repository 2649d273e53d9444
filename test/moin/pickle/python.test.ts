import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PickleError } from '../../../src/moin/pickle/error.js';
import { plainOpcode, refusal } from '../../../src/moin/pickle/opcodes.js';
import { readPickle } from '../../../src/moin/pickle/read.js';
import { repr } from '../../../src/moin/pickle/repr.js';
import { PyBytes, PyDict, PyTuple, type PyValue } from '../../../src/moin/pickle/values.js';
import { writePickle } from '../../../src/moin/pickle/write.js';
import { temporaryFolder } from '../../aid/folder.js';
import { describeValue, pyValues } from '../../aid/py-values.js';
import { needPython, runPython } from '../../aid/python.js';

const PROGRAM = fileURLToPath(new URL('../../aid/pickles.py', import.meta.url));
const SEED = Math.floor(Math.random() * 2 ** 31);

describe.each([2, 3] as const)('Python %i', (major) => {
  it('all that it writes in protocol 0, 1 and 2 is read as the same values and types (spec 8)', (context) => {
    const python = needPython(context, major);
    const lines = runPython(python, [PROGRAM, 'make', `${SEED}`, '400'])
      .trimEnd()
      .split('\n');
    expect(lines.length).toBe(400 * 6);
    for (const line of lines) {
      const [pickler, protocol, hex, described] = line.split(' ') as [string, string, string, string];
      const value = readPickle(Buffer.from(hex, 'hex'));
      expect(describeValue(value), `${pickler} ${protocol}, seed ${SEED}`).toBe(described);
    }
  });

  it('all that we write is loaded as the same values and types, by both of its unpicklers (spec 8)', (context) => {
    const python = needPython(context, major);
    const values = fc.sample(pyValues, { numRuns: 1500, seed: SEED });
    const read = load(python, values.map(writePickle));
    expect(read.length).toBe(values.length);
    for (const [index, value] of values.entries()) {
      expect(read[index], `value ${index}, seed ${SEED}`).toBe(describeValue(value));
    }
  });

  it('what it wrote and we write again is loaded as it was, shared parts included', (context) => {
    const python = needPython(context, major);
    const lines = runPython(python, [PROGRAM, 'make', `${SEED + 1}`, '200'])
      .trimEnd()
      .split('\n');
    const parts = lines.map((line) => line.split(' ') as [string, string, string, string]);
    const again = parts.map(([, , hex]) => writePickle(readPickle(Buffer.from(hex, 'hex'))));
    expect(load(python, again)).toEqual(parts.map(([, , , described]) => described));
  });

  it('calls that it wrote into a pickle are refused by name, and nothing runs', (context) => {
    const python = needPython(context, major);
    const mark = join(temporaryFolder(), 'ran');
    const program = `
import os, pickle, sys
class Reduced(object):
    def __reduce__(self): return (os.system, ('touch ' + sys.argv[1],))
class Old: pass
class New(object): pass
new = New(); new.a = 1
for protocol in (0, 1, 2):
    for value in (Reduced(), [1, {'a': Reduced()}], os.system, Old(), new, set([1]), 1j, Reduced):
        print(''.join('%02x' % byte for byte in bytearray(pickle.dumps(value, protocol))))
`;
    const pickles = runPython(python, ['-c', program, mark]).trimEnd().split('\n');
    expect(pickles.length).toBe(24);
    for (const hex of pickles) {
      const bytes = Buffer.from(hex, 'hex');
      expect(() => readPickle(bytes)).toThrow(PickleError);
      expect(() => readPickle(bytes)).toThrow(
        /^the opcode (GLOBAL|INST) at byte \d+ .*nothing in a pickle is run$/,
      );
    }
    expect(existsSync(mark)).toBe(false);
    // The attack is real: Python itself runs it.
    runPython(python, [
      '-c',
      `import pickle, sys; pickle.loads(bytes(bytearray.fromhex(sys.argv[1])))`,
      pickles[0] as string,
    ]);
    expect(existsSync(mark)).toBe(true);
  });
});

describe('Python 3', () => {
  it('names the opcodes as we do', (context) => {
    const python = needPython(context, 3);
    const program = `import pickletools
for opcode in pickletools.opcodes: print(ord(opcode.code), opcode.name)`;
    const lines = runPython(python, ['-c', program]).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(60);
    const codes = lines.map((line) => Number(line.split(' ')[0]));
    expect(codes.map((code) => `${code} ${plainOpcode(code) ?? refusal(code, 0).opcode}`)).toEqual(lines);
  });

  it.for(['utf-8', 'latin1'] as const)(
    'loads what we write with encoding %s, each str as text',
    (encoding, context) => {
      const python = needPython(context, 3);
      const text = encoding === 'utf-8' ? 'Größe €' : 'Größe';
      const value = (word: PyValue) => new PyDict([['page', [word, new PyTuple([word, 1n, 2n ** 70n, -0])]]]);
      const str = new PyBytes(Buffer.from(text, encoding));
      const loaded = runPython(python, [PROGRAM, 'load', encoding], hexLines([writePickle(value(str))]));
      expect(loaded.trim()).toBe(describeValue(value(text)));
    },
  );
});

describe('Python 2', () => {
  it('shows a value as repr does, longs without their L', (context) => {
    const python = needPython(context, 2);
    const values = fc.sample(pyValues, { numRuns: 1000, seed: SEED }).filter(hasOneDictOrder);
    const program = `
import pickle, sys
for line in sys.stdin: print(repr(pickle.loads(bytes(bytearray.fromhex(line.strip())))))
`;
    const shown = runPython(python, ['-c', program], hexLines(values.map(writePickle)));
    const ours = values.map((value) => repr(value));
    const withoutL = shown
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/(?<![\w'"\\])(-?\d+)L\b/g, '$1'));
    expect(values.length).toBeGreaterThan(300);
    expect(withoutL).toEqual(ours.map((line) => line.replace(/(?<![\w'"\\])(-?\d+)L\b/g, '$1')));
  });

  it('takes the same keys for equal as PyDict', (context) => {
    const python = needPython(context, 2);
    const keys: PyValue[] = [
      'a',
      PyBytes.from('a'),
      'é',
      PyBytes.from('é'),
      1n,
      1,
      true,
      0n,
      -0,
      false,
      null,
    ];
    keys.push(
      2n ** 53n,
      2 ** 53,
      2n ** 53n + 1n,
      2n ** 1023n,
      2 ** 1023,
      2n ** 1024n,
      Number.POSITIVE_INFINITY,
    );
    // As a list of pairs, so that the dict is Python's own.
    const pairs = keys.map((key, index) => [key, BigInt(index)] as [PyValue, PyValue]);
    const program = `
import pickle, sys
for line in sys.stdin:
    keys = pickle.loads(bytes(bytearray.fromhex(line.strip())))
    made = {}
    for index, key in enumerate(keys): made[key] = index
    print(''.join('%02x' % byte for byte in bytearray(pickle.dumps(made, 2))))
`;
    const hex = runPython(python, ['-W', 'ignore', '-c', program], hexLines([writePickle(keys)])).trim();
    expect(describeValue(readPickle(Buffer.from(hex, 'hex')))).toBe(describeValue(new PyDict(pairs)));
  });
});

/** What a Python makes of pickles, as texts. */
function load(python: string, pickles: readonly Uint8Array[]): string[] {
  return runPython(python, [PROGRAM, 'load'], hexLines(pickles)).trimEnd().split('\n');
}

function hexLines(pickles: readonly Uint8Array[]): string {
  return pickles.map((pickle) => `${Buffer.from(pickle).toString('hex')}\n`).join('');
}

/** Python 2 shows the keys of a dict in an order of its own. */
function hasOneDictOrder(value: PyValue): boolean {
  return !/:.*,.*:/.test(describeValue(value));
}
