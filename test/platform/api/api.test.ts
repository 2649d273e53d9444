import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENTRIES, KEPT, writeReports } from './report.js';

const REMEDY = "the public types have changed: if you mean it, run 'npm run api' and commit the reports";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'moin-sessions-reports-'));
  writeReports(folder);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the public types', () => {
  it.each(ENTRIES)('$report says what $types declares', ({ report }) => {
    const [kept, current] = [KEPT, folder].map((place) => readFileSync(join(place, report), 'utf8'));
    expect(current, REMEDY).toBe(kept);
  });

  it('there is a report for each entry point, and no other', () => {
    const kept = readdirSync(KEPT).filter((name) => name.endsWith('.api.md'));
    expect(kept.sort(), REMEDY).toEqual(ENTRIES.map(({ report }) => report).sort());
  });
});
