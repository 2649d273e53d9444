/**
 * The stage of a held response. Each cell is the next stage; `a | b` means: a where nothing has to wait, else b. A call
 * in brackets is ignored; a dash means that the event does not occur.
 *
 * | stage   | writeHead         | write             | end             | saved   | save failed | client gone |
 * | ------- | ----------------- | ----------------- | --------------- | ------- | ----------- | ----------- |
 * | open    | flowing \| holding | flowing \| holding | over \| ending   | -       | -           | open        |
 * | holding | (holding)         | holding           | ending          | flowing | failed      | left        |
 * | ending  | (ending)          | (ending)          | (ending)        | over    | failed      | left        |
 * | flowing | flowing           | flowing           | over \| ending   | -       | -           | flowing     |
 * | over    | over              | over              | (over)          | -       | -           | over        |
 * | failed  | (failed)          | (failed)          | (failed)        | -       | -           | failed      |
 * | left    | (left)            | (left)            | (left)          | -       | -           | left        |
 *
 * `flushHeaders` counts as a write. An end that arrives while a save is under way waits for a save of its own: from
 * `ending` back to `ending`. A client that leaves in `holding` or `ending` counts as gone when the save is done; in
 * `open`, `flowing` and `over` what has changed is saved at once, and in `left` by the application's end.
 *
 * A method of Node that was kept from before ours was there may write the body while the head still waits. The head is
 * written first then; during that step the stage is `overtaken` (`holding` or `ending` follow again).
 */
export type Stage = 'open' | 'holding' | 'ending' | 'flowing' | 'over' | 'failed' | 'left' | 'overtaken';

/** Bytes wait for a save. */
export function isHeld(stage: Stage): boolean {
  return stage === 'holding' || stage === 'ending' || stage === 'overtaken';
}

/** What the application writes is dropped. */
export function isDropping(stage: Stage): boolean {
  return stage === 'failed' || stage === 'left';
}
