import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const compiler = (name: string) => join(PROJECT, 'node_modules', name, 'bin', 'tsc');

/** Says that a compiler is missing; or null. */
export const missing = (name: string) =>
  existsSync(compiler(name)) ? null : `${name} is missing: run 'npm ci'`;

const OPTIONS = {
  target: 'es2022',
  lib: ['es2022'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  noEmit: true,
  skipLibCheck: false,
};

/** An application with this package installed as npm would install it. */
export interface Application {
  /**
   * What the compiler says of a program: nothing, if all is well.
   * @param declarations the content of a file `types.d.ts`
   */
  compile(version: string, program: string, more: object, declarations?: string): string;
  remove(): void;
}

/** Compiles the package's types to where its dependencies' types are found. */
export function application(): Application {
  const parent = join(PROJECT, 'node_modules', '.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'moin-sessions-types-'));
  const installed = join(folder, 'node_modules', 'moin-sessions');
  const args = [compiler('typescript'), '--emitDeclarationOnly', '--outDir', join(installed, 'dist')];
  execFileSync(process.execPath, args, { cwd: PROJECT });
  cpSync(join(PROJECT, 'package.json'), join(installed, 'package.json'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return {
    compile(version, program, more, declarations = 'export {};') {
      writeFileSync(join(folder, 'app.ts'), program);
      writeFileSync(join(folder, 'types.d.ts'), declarations);
      const config = { compilerOptions: { ...OPTIONS, ...more }, files: ['app.ts', 'types.d.ts'] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      return spawnSync(process.execPath, [compiler(version), '-p', folder], { encoding: 'utf8' }).stdout;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
