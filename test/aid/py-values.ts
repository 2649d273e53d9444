import fc from 'fast-check';
import { PyBytes, PyDict, PyTuple, type PyValue } from '../../src/moin/pickle/values.js';

/** A value as text that names the type of each part: the same text as `describe` of `pickles.py` gives. */
export function describeValue(value: PyValue): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return `${value}`;
  if (typeof value === 'bigint') return `int${value}`;
  if (typeof value === 'number') return `float${Number.isNaN(value) ? 'nan' : hexOfFloat(value)}`;
  if (typeof value === 'string') return `unicode${Buffer.from(value, 'utf16le').swap16().toString('hex')}`;
  if (value instanceof PyBytes) return `str${Buffer.from(value.bytes).toString('hex')}`;
  if (value instanceof PyTuple) return `(${value.items.map(describeValue)})`;
  if (!(value instanceof PyDict)) return `[${value.map(describeValue)}]`;
  const pairs = value.entries.map(([key, part]) => `${describeValue(key)}:${describeValue(part)}`);
  return `{${pairs.sort()}}`;
}

function hexOfFloat(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

const units = fc.constantFrom(0, 9, 10, 39, 92, 65, 117, 233, 0x20ac, 0xd83d, 0xde00, 0xfeff, 0xffff);
const texts = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(units, { maxLength: 8 }).map((codes) => String.fromCharCode(...codes)),
);
const ints = fc.oneof(
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n }),
  fc.bigInt(-300n, 70_000n),
);
const longs = fc.bigInt({ min: -(2n ** 2100n), max: 2n ** 2100n });
const strs = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => new PyBytes(bytes)),
  texts.map((text) => PyBytes.from(text)),
);

/** Values of Python that are no containers. */
const leaves: fc.Arbitrary<PyValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  ints,
  longs,
  fc.double(),
  texts,
  strs,
);

/** All that a pickle of plain data holds. The values share nothing. */
export const pyValues: fc.Arbitrary<PyValue> = fc.letrec<{ value: PyValue; key: PyValue }>((tie) => ({
  key: fc.oneof(
    { maxDepth: 2 },
    leaves,
    fc.array(tie('key'), { maxLength: 3 }).map((items) => new PyTuple(items)),
  ),
  value: fc.oneof(
    { depthSize: 'small' },
    leaves,
    fc.array(tie('value')),
    fc.array(tie('value')).map((items) => new PyTuple(items)),
    fc.array(fc.tuple(tie('key'), tie('value'))).map((entries) => new PyDict(entries)),
  ),
})).value;
