import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { md5Crypt } from '../../../src/users/legacy/md5-crypt.js';
import { mix } from '../../../src/users/legacy/rounds.js';
import { mixInThread } from '../../../src/users/legacy/rounds-thread.js';
import { sha512Crypt } from '../../../src/users/legacy/sha512-crypt.js';
import { need } from '../../aid/need.js';

const LONG = 'a very much longer text to encrypt.  This one even stretches over morethan one line.';

/** "Unix crypt using SHA-256 and SHA-512" (U. Drepper), the examples for SHA-512; salt and rounds after its limits. */
const SHA512: readonly [password: string, salt: string, rounds: number, hash: string][] = [
  [
    'Hello world!',
    'saltstring',
    5000,
    'svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
  ],
  [
    'Hello world!',
    'saltstringsaltst',
    10_000,
    'OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
  ],
  [
    'This is just a test',
    'toolongsaltstrin',
    5000,
    'lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0',
  ],
  [
    LONG,
    'anotherlongsalts',
    1400,
    'POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1',
  ],
  [
    'we have a short salt string but not a short password',
    'short',
    77_777,
    'WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0',
  ],
  [
    'a short string',
    'asaltof16chars..',
    123_456,
    'BtCwjqMJGx5hrJhZywWvt0RLE8uZ4oPwcelCjmw2kSYu.Ec6ycULevoBK25fs2xXgMNrCzIMVcgEJAstJeonj1',
  ],
  [
    'the minimum number is still observed',
    'roundstoolow',
    1000,
    'kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX.',
  ],
  [
    '',
    'emptypw',
    5000,
    'TWmzQ8/uLn1BFSZ5Lkfum8lAba5vixF9Nl3Aiof.Praatq9nh0kkPuTdoVrIL6du0L6LAoadbPq.q.D7keveg/',
  ],
];

describe('sha512-crypt', () => {
  it.each(SHA512)('spec 8: %j with the salt %s and %i rounds', async (password, salt, rounds, hash) => {
    expect(await sha512Crypt(Buffer.from(password), Buffer.from(salt), rounds)).toBe(hash);
  });

  it('the event loop turns while its rounds run', async () => {
    const work = sha512Crypt(Buffer.from('x'.repeat(1024)), Buffer.from('saltsaltsaltsalt'), 50_000);
    let turns = 0;
    let isDone = false;
    work.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
    await work;
    // In the same thread there would be one turn.
    expect(turns).toBeGreaterThan(100);
  });
});

describe('md5-crypt and its variant of Apache', () => {
  it.each([
    ['password', 'saltsalt', '$1$', 'qjXMvbEw8oaL.CzflDtaK/'],
    ['Hello world!', 'toolongs', '$1$', 'EVlrXgIzSyVBiscgwJ6jL0'],
    [LONG, 'anotherl', '$1$', 'K6Vw1g4o5xCrk48TD5civ.'],
    ['myPassword', 'r31.....', '$apr1$', 'HqJZimcKQFAMYayBlzkrA/'],
  ] as const)('spec 8: %j with the salt %s under %s', (password, salt, magic, hash) => {
    expect(md5Crypt(Buffer.from(password), Buffer.from(salt), magic)).toBe(hash);
  });
});

it('the thread runs the same rounds as the function', async () => {
  const bytes = fc.uint8Array({ maxLength: 100 });
  const mixtures = fc.record({
    algorithm: fc.constantFrom('md5' as const, 'sha512' as const),
    start: bytes,
    password: bytes,
    salt: bytes,
    rounds: fc.integer({ min: 1, max: 300 }),
  });
  await fc.assert(
    fc.asyncProperty(mixtures, async (mixture) => {
      expect(Buffer.from(await mixInThread(mixture))).toEqual(Buffer.from(mix(mixture)));
    }),
    { numRuns: 15 },
  );
});

describe("compared with Python's crypt", () => {
  const PROGRAM = `
import crypt, json, sys, warnings
print(json.dumps([crypt.crypt(password, salt) for password, salt in json.load(sys.stdin)]))`;

  it('random passwords of any script have the same hashes', async (context) => {
    const passwords = fc.sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), 20);
    const usable = passwords.filter((password) => !password.includes('\0'));
    const asked = usable.flatMap((password) => [
      [password, '$6$rounds=1234$abc./XYZ'],
      [password, '$1$sal7.'],
    ]);
    const found = hashesOfPython(asked);
    need(context, found === null ? 'there is no python3 with the module crypt' : null);
    const own = usable.map(async (password) => {
      const bytes = Buffer.from(password);
      const sha512 = await sha512Crypt(bytes, Buffer.from('abc./XYZ'), 1234);
      return [
        `$6$rounds=1234$abc./XYZ$${sha512}`,
        `$1$sal7.$${md5Crypt(bytes, Buffer.from('sal7.'), '$1$')}`,
      ];
    });
    expect((await Promise.all(own)).flat()).toEqual(found);
  });

  function hashesOfPython(asked: string[][]): string[] | null {
    try {
      const stdio = ['pipe', 'pipe', 'ignore'] as const;
      const text = execFileSync('python3', ['-W', 'ignore', '-c', PROGRAM], {
        input: JSON.stringify(asked),
        stdio: [...stdio],
        encoding: 'utf8',
      });
      return JSON.parse(text);
    } catch {
      return null;
    }
  }
});
