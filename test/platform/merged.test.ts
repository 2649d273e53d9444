import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, inject, it } from 'vitest';

const dist = join(inject('built'), 'dist');
const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => name.replace(/\.ts$/, '.js'));

const textOf = (file: string) => readFileSync(join(dist, file), 'utf8');

it('the built package holds the code of each module once, and each module at its own path', () => {
  const modules = files.flatMap((file) =>
    Array.from(textOf(file).matchAll(/^\/\/ (\S+\.js)$/gm), ([, module = '']) => module),
  );
  // A module of types alone has no code.
  expect(modules.filter((module, index) => modules.indexOf(module) !== index)).toEqual([]);
  expect(modules.filter((module) => !sources.includes(module))).toEqual([]);
  expect(files.filter((file) => !file.startsWith('merged/')).sort()).toEqual(sources.sort());
});

it('a merged module is the same by its own path and by an entry point', async () => {
  const load = (file: string) => import(pathToFileURL(join(dist, file)).href);
  const [entry, store, errors] = await Promise.all(
    ['index.js', 'store/file/store.js', 'base/errors.js'].map(load),
  );
  expect(textOf('store/file/store.js')).toContain('merged/');
  expect(store.FileStore).toBe(entry.FileStore);
  expect(errors.StoreError).toBe(entry.StoreError);
});

it('what a merged module looks for by its own place is there, though that is not the place of its source', () => {
  const found = files.flatMap((file) =>
    Array.from(textOf(file).matchAll(/new URL\("([^"]+)", import\.meta\.url\)/g), ([, path = '']) => ({
      file,
      path,
      isThere: existsSync(new URL(path, pathToFileURL(join(dist, file)))),
    })),
  );
  expect(found).toContainEqual(expect.objectContaining({ path: '../../package.json' }));
  expect(found.filter(({ isThere }) => !isThere)).toEqual([]);
});
