import type { Call } from './history.js';
import { NOTHING, outcomes, type State } from './model.js';

/** One way in which things may have happened: the state, and which calls under way have had their effect. */
interface World {
  state: State;
  taken: ReadonlySet<Call>;
}

/**
 * Whether the calls on one session may have happened one after the other, each at some moment between its begin
 * and its end (linearizability; "just-in-time" search after Lowe, 2017).
 * @returns the first call that fits into no order, or null
 */
export function firstMisfit(calls: readonly Call[]): Call | null {
  const open = new Set<Call>();
  let worlds: World[] = [{ state: NOTHING, taken: new Set() }];
  for (const { call, begins } of events(calls)) {
    if (begins) {
      open.add(call);
      continue;
    }
    worlds = worldsWith(call, worlds, open);
    if (worlds.length === 0) return call;
    open.delete(call);
  }
  return null;
}

/** Of equal times the begin comes first: that allows more orders, never fewer. */
function events(calls: readonly Call[]): { call: Call; begins: boolean }[] {
  return calls
    .flatMap((call) => [
      { call, begins: true, at: call.start },
      { call, begins: false, at: call.end },
    ])
    .sort((a, b) => a.at - b.at || Number(b.begins) - Number(a.begins));
}

/** All worlds in which `call`, which ends now, has had its effect, others under way before it or not. */
function worldsWith(call: Call, worlds: readonly World[], open: ReadonlySet<Call>): World[] {
  const numbers = new Map([...open].map((one, number) => [one, number]));
  const keyOf = ({ state, taken }: World) =>
    `${[...taken].map((one) => numbers.get(one)).sort()} ${JSON.stringify(state)}`;
  const found = new Map<string, World>();
  const seen = new Set<string>();
  const left = [...worlds];
  for (let world = left.pop(); world !== undefined; world = left.pop()) {
    const key = keyOf(world);
    if (seen.has(key)) continue;
    seen.add(key);
    if (world.taken.has(call)) found.set(key, without(call, world));
    else left.push(...next(world, open));
  }
  return [...found.values()];
}

function next({ state, taken }: World, open: ReadonlySet<Call>): World[] {
  return [...open]
    .filter((call) => !taken.has(call))
    .flatMap((call) =>
      outcomes(state, call).map((after) => ({ state: after, taken: new Set(taken).add(call) })),
    );
}

function without(call: Call, { state, taken }: World): World {
  const rest = new Set(taken);
  rest.delete(call);
  return { state, taken: rest };
}

/** @throws Error that shows the calls around the first one that fits into no order, of any session */
export function assertLinearizable(calls: readonly Call[]): void {
  for (const id of new Set(calls.map((call) => call.id))) {
    const ofOne = calls.filter((call) => call.id === id);
    const misfit = firstMisfit(ofOne);
    if (misfit === null) continue;
    const around = ofOne.filter(({ start, end }) => end > misfit.start - 5e6 && start <= misfit.end);
    const shown = around.map((call) => JSON.stringify(call)).join('\n');
    throw new Error(`session ${id}: no order explains\n${JSON.stringify(misfit)}\namong\n${shown}`);
  }
}
