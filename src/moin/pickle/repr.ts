import { PyBytes, PyDict, PyTuple, type PyValue } from './values.js';

/** A value as Python 2 shows it: `'caf\xe9'`, `u'\u20ac'`, `(1, 2.5)`, `None`. Only ASCII, and longs without their `L`. */
export function repr(value: PyValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value === 'number') return reprFloat(value);
  if (typeof value === 'string') return `u${quote(Array.from(value))}`;
  if (value instanceof PyBytes) return quote(Array.from(value.bytes, (byte) => String.fromCharCode(byte)));
  if (value instanceof PyTuple)
    return `(${value.items.map(repr).join(', ')}${value.items.length === 1 ? ',' : ''})`;
  if (value instanceof PyDict) {
    return `{${value.entries.map(([key, part]) => `${repr(key)}: ${repr(part)}`).join(', ')}}`;
  }
  return `[${value.map(repr).join(', ')}]`;
}

function reprFloat(float: number): string {
  if (Number.isNaN(float)) return 'nan';
  if (!Number.isFinite(float)) return float > 0 ? 'inf' : '-inf';
  if (Object.is(float, -0)) return '-0.0';
  const magnitude = Math.abs(float);
  if (Number.isInteger(float) && magnitude < 1e16) return `${float}.0`;
  const isPlain = magnitude >= 1e-4 && magnitude < 1e16;
  return isPlain ? `${float}` : float.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function quote(characters: readonly string[]): string {
  const mark = characters.includes("'") && !characters.includes('"') ? '"' : "'";
  const escaped = characters.map((character) =>
    character === mark ? `\\${mark}` : escapeCharacter(character),
  );
  return `${mark}${escaped.join('')}${mark}`;
}

function escapeCharacter(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) as number;
  if (code >= 0x20 && code < 0x7f) return character;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
