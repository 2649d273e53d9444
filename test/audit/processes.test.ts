import { spawn } from 'node:child_process';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../aid/folder.js';

describe('an audit log in a file, and several processes', () => {
  it('has every line of several processes whole, while it is rotated again and again', {
    timeout: 120_000,
  }, async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'audit.log');
    const sources = pathToFileURL(join(import.meta.dirname, '../../src/audit/file.ts')).href;
    const program = `
      const { AuditFile } = await import(${JSON.stringify(sources)});
      const log = new AuditFile(${JSON.stringify(path)});
      for (let n = 0; n < 400; n++) log.write(JSON.stringify({ by: process.argv[2], n, filling: 'x'.repeat(5000) }) + '\\n');
      process.exit(0);
    `;
    writeFileSync(join(folder, 'program.mts'), program);
    const jiti = join(import.meta.dirname, '../../node_modules/.bin/jiti');
    const writers = ['a', 'b', 'c'].map((name) => {
      const child = spawn(process.execPath, [jiti, join(folder, 'program.mts'), name], { stdio: 'inherit' });
      return new Promise<number | null>((resolve) => child.on('exit', resolve));
    });
    let isOver = false;
    const codes = Promise.all(writers).finally(() => {
      isOver = true;
    });
    let rotations = 0;
    while (!isOver) {
      await delay(2);
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 200_000)
        renameSync(path, `${path}.${++rotations}`);
    }
    expect(await codes).toEqual([0, 0, 0]);
    const files = [...Array.from({ length: rotations }, (_, n) => `${path}.${n + 1}`), path];
    const found = new Map<string, number[]>();
    for (const file of files.filter((name) => statSync(name, { throwIfNoEntry: false }) !== undefined)) {
      for (const line of readFileSync(file, 'utf8')
        .split('\n')
        .filter((text) => text !== '')) {
        const { by, n } = JSON.parse(line) as { by: string; n: number };
        found.set(by, [...(found.get(by) ?? []), n]);
      }
    }
    const all = Array.from({ length: 400 }, (_, n) => n);
    for (const name of ['a', 'b', 'c']) expect(found.get(name)).toEqual(all);
    expect(rotations).toBeGreaterThan(1);
  });
});
