import { readdirSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { rolldown } from 'rolldown';

const isCommandLine = (module) => module.startsWith('cli/');
const isLibrary = (module) => !isCommandLine(module);
const isAny = () => true;

const LIST = ['cli/commands/list', 'cli/output/table'];
const END = ['cli/commands/expire', 'cli/commands/purge'];

/**
 * The merged files, and what each holds: of the modules that `roots` import, directly or not, those that are `of` it and in no
 * file above. So a file imports from files above it only. Node takes 0.3 ms for each file that it loads; `list` needs 130
 * modules, the library 310.
 */
const MERGED = [
  { file: 'base', roots: ['cli/run'], of: isLibrary },
  { file: 'command-line', roots: ['cli/run'], of: isCommandLine },
  { file: 'help', roots: ['cli/help/help-text'], of: isAny },
  { file: 'reading', roots: LIST, of: isLibrary },
  { file: 'listing', roots: LIST, of: isCommandLine },
  { file: 'ending', roots: END, of: isLibrary },
  { file: 'acting', roots: END, of: isCommandLine },
  { file: 'library', roots: ['index'], of: isAny },
];

/**
 * Merges modules in a folder of compiled ones. A merged module's own file stays, and exports what it did: whoever imports
 * one by its path gets the same classes as everybody else.
 */
export async function merge(folder) {
  const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => name.slice(0, -'.js'.length));
  let fileOf = null;
  const build = await rolldown({
    cwd: folder,
    input: Object.fromEntries(modules.map((name) => [name, join(folder, `${name}.js`)])),
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
    platform: 'node',
    // What the merging of parts of the graph needs. The tests compare the exports.
    preserveEntrySignatures: 'allow-extension',
    // A module that is imported late by one and at once by another loads with the other, as before.
    checks: { ineffectiveDynamicImport: false },
  });
  await build.write({
    dir: folder,
    // One folder deep, as `cli/`: `program` finds `package.json` by its own place.
    chunkFileNames: 'merged/[name].js',
    minify: false,
    minifyInternalExports: false,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        {
          debugName: 'merged',
          name(id, context) {
            fileOf ??= mergedFiles((path) => context.getModuleInfo(path)?.importedIds ?? [], folder);
            return fileOf.get(id) ?? null;
          },
        },
      ],
    },
  });
  await build.close();
}

/** The merged file of each module that has one, by the path of the module. */
function mergedFiles(importsOf, folder) {
  const files = new Map();
  for (const { file, roots, of } of MERGED) {
    const reached = new Set(roots.map((root) => join(folder, `${root}.js`)));
    for (const path of reached)
      for (const imported of importsOf(path)) if (isAbsolute(imported)) reached.add(imported);
    for (const path of reached) if (!files.has(path) && of(relative(folder, path))) files.set(path, file);
  }
  return files;
}
