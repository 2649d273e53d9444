import fc from 'fast-check';

/** Something that takes input from outside, and what must hold whatever comes. */
export interface Target<Input = unknown> {
  name: string;
  /** Its part of all cases of a run. */
  share: number;
  input: fc.Arbitrary<Input>;
  /** Inputs that were a problem once: tried first, every time. */
  kept: readonly Input[];
  /** Throws when something is wrong. */
  check(input: Input): Promise<void>;
}

/** Keeps a target's type of input to itself. */
export function target<Input>(one: Target<Input>): Target {
  return one as unknown as Target;
}

/** Tries so many inputs. @throws Error that shows the smallest bad input, and the seed that found it */
export function fuzz({ name, input, kept, check }: Target, cases: number, seed: number): Promise<void> {
  const property = fc.asyncProperty(input, check);
  const options = { numRuns: cases, seed, examples: kept.map((one) => [one] as [unknown]) };
  return fc.assert(property, options).catch((error: Error) => {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  });
}

/** A text after a few random edits: parts removed, others put in. */
export function edited(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edit = fc.record({
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat(12),
    inserted: fc.oneof(fc.string({ maxLength: 4 }), fc.string({ unit: 'binary', maxLength: 4 })),
  });
  return fc.tuple(text, fc.array(edit, { maxLength: 4 })).map(([whole, edits]) =>
    edits.reduce((now, { place, removed, inserted }) => {
      const at = Math.floor(place * now.length);
      return now.slice(0, at) + inserted + now.slice(at + removed);
    }, whole),
  );
}
