import { doesNotMatch, ok, strictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { PickleError } from '../../src/moin/pickle/error.js';
import { pyToJson } from '../../src/moin/pickle/json.js';
import { readPickle } from '../../src/moin/pickle/read.js';
import type { PyValue } from '../../src/moin/pickle/values.js';
import { writePickle } from '../../src/moin/pickle/write.js';
import { describeValue, pyValues } from '../aid/py-values.js';
import { edited, target } from './target.js';

/** Opcodes with arguments that mostly fit, as Latin-1 text: most of what is made of them goes on for a while. */
const PARTS =
  'N|\x88|\x89|I1\n|I01\n|L-5L\n|K\x01|M\x01\x02|J\xff\xff\xff\xff|\x8a\x01\x80|\x8b\x01\0\0\0\x7f|F1.5\n|G?\xf8\0\0\0\0\0\0|G\x7f\xf8\0\0\0\0\0\0|' +
  "S'a\\x41'\n|T\x01\0\0\0b|U\x01\xe9|Va\\u20ac\n|X\x03\0\0\0\xed\xa0\xbd|]|(|l|a|e|)|t|\x85|\x86|\x87|}|d|s|u|0|1|2|q\0|h\0|p1\n|g1\n|r\x02\0\0\0|j\x02\0\0\0|" +
  ']q\0h\0a|]q\0(h\0h\0e|)q\0h\0\x86|(NNNt|}NNs|](|}(|.|cos\nsystem\n|R|\x95|\x80\x02|\x80\x04|T\xff\xff\xff\xff';

const soups = fc
  .array(fc.constantFrom(...PARTS.split('|')), { maxLength: 60 })
  .map((parts) => `${parts.join('')}.`);
const written = pyValues.map((value) => writePickle(value).toString('latin1'));
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1'));

/** The bytes of a pickle as Latin-1 text: read as plain data, which is written and shown without loss, or refused in one line. */
export const pickles = target<string>({
  name: 'pickles',
  share: 0.3,
  input: fc.oneof({ weight: 5, arbitrary: soups }, { weight: 2, arbitrary: edited(written) }, bytes),
  kept: ['', '.', '(.', ']q\0h\0a.', '}]Ns.', 'N\x95', `${']'.repeat(200)}${'a'.repeat(199)}.`],
  async check(text) {
    const pickle = Buffer.from(text, 'latin1');
    let value: PyValue;
    try {
      value = readPickle(pickle);
    } catch (error) {
      ok(error instanceof PickleError, String(error));
      doesNotMatch(error.message, /\p{C}|undefined|null/u);
      return;
    }
    strictEqual(describeValue(readPickle(writePickle(value))), describeValue(value));
    strictEqual(JSON.stringify(pyToJson(value)), JSON.stringify(pyToJson(readPickle(pickle))));
  },
});
