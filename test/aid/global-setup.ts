import type { TestProject } from 'vitest/node';
import { build } from './built.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the package as built for this run: `dist/` and `bin/`. */
    built: string;
  }
}

/** Builds the package once for all tests that start processes of it. */
export default function setup(project: TestProject): () => void {
  const { root, remove } = build();
  project.provide('built', root);
  return remove;
}
