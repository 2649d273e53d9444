import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** From the top downwards. What stands in one line may import each other. */
const LAYERS = [
  ['index'],
  ['cli'],
  ['web'],
  ['simulate'],
  ['sessions'],
  ['kept-signer'],
  ['receive', 'reception'],
  ['change-user', 'trail'],
  ['visit'],
  ['config'],
  ['options', 'option-checks'],
  ['auth'],
  ['session'],
  ['users'],
  ['store'],
  ['clock'],
  ['errors', 'json', 'suggest'],
  ['realm', 'own'],
];

function layerOf(path: string): number {
  const top = (relative(SRC, path).split(sep)[0] as string).replace(/\.[jt]s$/, '');
  return LAYERS.findIndex((layer) => layer.includes(top));
}

function importsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const found = source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g);
  return [...found].map(([, target]) => join(dirname(file), target as string));
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => join(SRC, name));

describe('the plan of the house', () => {
  it('every file has its place in it', () => {
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((file) => layerOf(file) === -1)).toEqual([]);
  });

  it('imports point downwards only', () => {
    const upwards = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => layerOf(target) < layerOf(file))
        .map((target) => `${relative(SRC, file)} -> ${relative(SRC, target)}`),
    );
    expect(upwards).toEqual([]);
  });

  it('the top-level files import each other in no circle', () => {
    const within = files.filter((file) => dirname(file) === dirname(join(SRC, 'x')));
    const sameLayer = within.flatMap((file) =>
      importsOf(file).filter((target) => layerOf(target) === layerOf(file)),
    );
    expect(sameLayer).toEqual([]);
  });

  it('the library imports nothing late, when a process may be out of file descriptors: Node repeats such a failure', () => {
    const late = files.filter((file) => /[^.\w]import\(/.test(readFileSync(file, 'utf8')));
    const inLibrary = late.map((file) => relative(SRC, file)).filter((file) => !file.startsWith('cli'));
    // The native module is the one exception, and is loaded anew.
    expect(inLibrary).toEqual([join('store', 'kernel-locks.ts')]);
  });

  it('only store/open imports every store', () => {
    const stores = /store\/(file|redis|moin)(\/index)?\.js$/;
    const allowed = ['index.ts', join('store', 'open.ts')];
    const importers = files.filter((file) =>
      importsOf(file).some((target) => stores.test(target.split(sep).join('/'))),
    );
    expect(importers.map((file) => relative(SRC, file)).filter((file) => !allowed.includes(file))).toEqual(
      [],
    );
  });
});
