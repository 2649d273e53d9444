import type { Json, JsonObject } from '../../base/json.js';
import { applyChanges } from './changes.js';
import { Values } from './values.js';

/** One atomic read-modify-write: makes the new value of `key` from its present one. */
export interface Step {
  key: string;
  take: (current: Json | undefined) => Json;
}

/** `data` after the step. @throws TypeError naming the key, when the step returns a value that is not JSON */
export function applyStep(data: JsonObject, { key, take }: Step): JsonObject {
  const values = new Values(data);
  values.set(key, take(values.get(key)));
  return applyChanges(data, values.snapshot().changes);
}
