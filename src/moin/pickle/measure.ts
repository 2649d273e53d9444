import { PickleError } from './error.js';
import { PyBytes, PyDict, PyTuple, type PyValue } from './values.js';

interface Measure {
  readonly size: number;
  readonly levels: number;
}

/**
 * Checks what a value comes to once each shared part is written out: no cycle, at most so many levels, at most so many values
 * and characters. Each shared part is measured once, so that a small pickle of a huge value costs no time.
 * @throws PickleError
 */
export function checkMeasure(value: PyValue, limits: { depth: number; expanded: number }): void {
  const done = new Map<object, Measure | null>();
  if (measure(value, 0).size > limits.expanded) {
    throw new PickleError(
      `the pickle repeats shared values until they are more than ${limits.expanded} values and characters: it is made to fill memory`,
    );
  }

  function measure(part: PyValue, above: number): Measure {
    if (typeof part !== 'object' || part === null || part instanceof PyBytes)
      return { size: sizeOf(part), levels: 0 };
    const known = done.get(part);
    if (known === null) {
      throw new PickleError(
        'a list or dict in the pickle holds itself, which JSON cannot hold: only plain data is read',
      );
    }
    const measured = known ?? measureParts(part, above);
    if (above + measured.levels > limits.depth) throw tooDeep();
    return measured;
  }

  function measureParts(container: readonly PyValue[] | PyTuple | PyDict, above: number): Measure {
    if (above >= limits.depth) throw tooDeep();
    done.set(container, null);
    let size = 1;
    let levels = 0;
    for (const part of partsOf(container)) {
      const measured = measure(part, above + 1);
      size += measured.size;
      levels = Math.max(levels, measured.levels);
    }
    const whole = { size, levels: levels + 1 };
    done.set(container, whole);
    return whole;
  }

  function tooDeep(): PickleError {
    return new PickleError(
      `the pickle has more than ${limits.depth} levels: no session of a wiki is like that`,
    );
  }
}

/** The values in a container; of a dict its keys and values in turn. */
export function partsOf(container: readonly PyValue[] | PyTuple | PyDict): readonly PyValue[] {
  if (container instanceof PyTuple) return container.items;
  if (container instanceof PyDict) return container.entries.flat();
  if (Array.isArray(container)) return container;
  throw noPyValue(container);
}

/** What a value that is no container costs to compare or show: about its characters. */
export function sizeOf(value: null | boolean | bigint | number | string | PyBytes): number {
  if (typeof value === 'string') return 1 + value.length;
  if (value instanceof PyBytes) return 1 + value.bytes.length;
  if (typeof value === 'bigint') return value.toString(16).length;
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return 1;
  throw noPyValue(value);
}

function noPyValue(value: unknown): TypeError {
  return new TypeError(
    `${typeof value === 'object' ? 'an object' : typeof value} is no value of Python: use PyDict, PyTuple, PyBytes, arrays, text, numbers, null`,
  );
}
