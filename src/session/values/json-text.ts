import { isJson, type Json } from '../../base/json.js';

/** The JSON text of a value; undefined for a value that is not JSON (any more). */
export function textOf(value: unknown): string | undefined {
  return isJson(value) ? JSON.stringify(value) : undefined;
}

/** The value of a JSON text; undefined for no text. */
export function parsed(text: string | undefined): Json | undefined {
  return text === undefined ? undefined : JSON.parse(text);
}
