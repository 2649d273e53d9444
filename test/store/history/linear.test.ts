import { describe, expect, it } from 'vitest';
import type { SessionStore } from '../../../src/store/contract.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { breakStore, mutants } from '../mutants.js';
import { type Action, type Call, Listener, type Message, type Result } from './history.js';
import { assertLinearizable, firstMisfit } from './linear.js';
import { write } from './writer.mjs';

/** A call from `start` to `end`; without a result its process died. */
function call(start: number, end: number, action: Action['do'], result?: Result): Call {
  const full = { do: action, ...(action === 'create' && { data: {} }) } as Action;
  return { by: 'w', id: 'a', action: full, start, end, ...(result && { result }) };
}

const saw = (revision: number, n?: number): Result => ({
  view: { revision, over: false, data: n === undefined ? {} : { n } },
});
const created = call(0, 1, 'create', { answer: 'created' });
const stepped = call(2, 3, 'step', saw(2, 1));

describe('the checker of histories', () => {
  it.each<[string, Call[]]>([
    ['one after the other', [created, stepped, call(4, 5, 'find', saw(2, 1))]],
    [
      'two at once, in the order of their revisions',
      [created, call(2, 9, 'step', saw(3, 2)), call(3, 8, 'step', saw(2, 1))],
    ],
    ['a read that is as old as its begin', [created, call(2, 9, 'find', saw(1)), stepped]],
    ['a dead step that had its effect', [created, call(2, 3, 'step'), call(4, 5, 'find', saw(2, 1))]],
    ['a dead step that had none', [created, call(2, 3, 'step'), call(4, 5, 'find', saw(1))]],
    [
      'a dead logout that left its tombstone alone',
      [
        created,
        call(2, 3, 'logout'),
        call(4, 5, 'find', saw(1)),
        call(6, 7, 'delete', { removed: true }),
        call(8, 9, 'create', { answer: 'gone' }),
      ],
    ],
    ['a failed step', [created, call(2, 3, 'step', { error: 'full' }), call(4, 5, 'find', saw(1))]],
  ])('accepts %s', (_, calls) => {
    expect(firstMisfit(calls)).toBeNull();
  });

  it.each<[string, Call[]]>([
    ['a lost acknowledged step (I1)', [created, stepped, call(4, 5, 'find', saw(1))]],
    ['two steps that read the same (I1)', [created, stepped, call(2, 3, 'step', saw(2, 1))]],
    [
      'a save after a logout (I2)',
      [created, call(2, 3, 'logout', { removed: true }), call(4, 5, 'step', saw(2, 1))],
    ],
    [
      'a create after a logout (I2)',
      [created, call(2, 3, 'logout', { removed: true }), call(4, 5, 'create', { answer: 'created' })],
    ],
    ['a purge of what has not expired (I5)', [created, call(2, 3, 'purge', { removed: true })]],
    ['a command line that says so', [created, call(2, 3, 'purge', { done: true })]],
    [
      'a dead step that comes later',
      [created, call(2, 3, 'step'), call(4, 5, 'find', saw(1)), call(6, 7, 'find', saw(2, 1))],
    ],
    [
      'a failed step that had its effect',
      [created, call(2, 3, 'step', { error: '' }), call(4, 5, 'find', saw(2, 1))],
    ],
  ])('refuses %s', (_, calls) => {
    expect(firstMisfit(calls)).not.toBeNull();
  });
});

/** What four writers in this process, between whose calls others come in, do to a store. */
async function historyOf(store: SessionStore): Promise<Call[]> {
  const listeners = [1, 2, 3, 4].map((seed) => ({ seed, listener: new Listener(`w${seed}`) }));
  const writers = listeners.map(({ seed, listener }) =>
    write(store, { name: `w${seed}`, seed, steps: 250, say: (message: Message) => listener.hear(message) }),
  );
  await Promise.all(writers);
  return listeners.flatMap(({ listener }) => listener.calls);
}

describe('the checker of histories, on what writers did to a store', () => {
  it('has nothing against a sound one', async () => {
    const calls = await historyOf(new MemoryStore());
    expect(calls.length).toBeGreaterThan(900);
    expect(() => assertLinearizable(calls)).not.toThrow();
  });

  it.each([
    'an update that creates',
    'a create that overwrites',
    'an update without a lock',
    'an update that replaces all data by what an older request knew',
    'an update that writes what was deleted meanwhile',
    'an update that leaves the revision to the change',
  ])('notices %s', async (name) => {
    const mutant = mutants.find((one) => one.name === name);
    if (mutant === undefined) throw new Error(`there is no mutant '${name}'`);
    const noticed = historyOf(breakStore(mutant, new MemoryStore())).then(assertLinearizable);
    await expect(noticed).rejects.toThrow();
  });
});
