import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Candidate } from './candidate.js';

interface Schema {
  properties?: Record<string, { description?: string }>;
  items?: Schema;
  oneOf?: Schema[];
  $ref?: string;
  $defs?: Record<string, Schema>;
}

/** The fields of a command's rows, as its JSON schema describes them. None for a command without rows. */
export function fieldsOf(command: Command): Candidate[] {
  const schema = schemaNamed(pathOf(command).join('-'));
  return Object.entries(rowOf(schema, schema).properties ?? {}).map(([value, { description }]) => ({
    value,
    text: description ?? '',
  }));
}

function rowOf(schema: Schema, whole: Schema): Schema {
  const name = schema.$ref?.slice('#/$defs/'.length);
  if (name !== undefined) return rowOf(whole.$defs?.[name] ?? {}, whole);
  // Of a report and the rows of --verbose: the report.
  const inner = schema.items ?? schema.oneOf?.[0];
  return inner === undefined ? schema : rowOf(inner, whole);
}

/** `users list` as its names; the program itself has none. */
function pathOf(command: Command): string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

function schemaNamed(name: string): Schema {
  return JSON.parse(
    readFileSync(new URL(`../../../schemas/${name}.json`, import.meta.url), 'utf8'),
  ) as Schema;
}
