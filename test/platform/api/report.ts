import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig, type ExtractorLogLevel } from '@microsoft/api-extractor';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));

/** The folder of the reports that are in version control. */
export const KEPT = fileURLToPath(new URL('.', import.meta.url));

interface Entry {
  /** The file name of its report. */
  report: string;
  /** The path of its declarations in the package. */
  types: string;
}

/** Every entry point of the package that has types. */
export const ENTRIES: readonly Entry[] = Object.entries(
  JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')).exports as Record<
    string,
    { types?: string }
  >,
).flatMap(([entry, { types }]) =>
  types === undefined ? [] : [{ report: `${entry === '.' ? 'index' : entry.slice(2)}.api.md`, types }],
);

/** Writes a report of the public types of each entry point, as the sources are now, into `folder`. */
export function writeReports(folder: string): void {
  const root = mkdtempSync(join(tmpdir(), 'moin-sessions-api-'));
  try {
    emitDeclarations(root);
    const configs = ENTRIES.map((entry) => configOf(entry, root, folder));
    const additionalEntryPoints = configs.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath);
    // One compilation serves all entry points.
    const compilerState = CompilerState.create(configs[0] as ExtractorConfig, { additionalEntryPoints });
    const messageCallback = (message: { handled: boolean }) => {
      message.handled = true;
    };
    for (const config of configs)
      Extractor.invoke(config, { compilerState, localBuild: true, messageCallback });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** API Extractor leaves out whatever lies in a folder `node_modules`, so the declarations lie elsewhere. */
function emitDeclarations(root: string): void {
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'), 'dir');
  cpSync(join(PROJECT, 'package.json'), join(root, 'package.json'));
  const compiler = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [compiler, '--emitDeclarationOnly', '--outDir', join(root, 'dist')];
  execFileSync(process.execPath, args, { cwd: PROJECT });
}

const COMPILER_OPTIONS = {
  lib: ['es2023'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  skipLibCheck: true,
};

function configOf({ report, types }: Entry, root: string, folder: string): ExtractorConfig {
  const entry = join(root, types);
  const none = { default: { logLevel: 'none' as ExtractorLogLevel } };
  return ExtractorConfig.prepare({
    packageJsonFullPath: join(root, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      mainEntryPointFilePath: entry,
      projectFolder: root,
      compiler: { overrideTsconfig: { compilerOptions: COMPILER_OPTIONS, files: [entry] } },
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: folder,
        reportTempFolder: join(root, 'reports'),
        // The main entry point has them all: types that public ones mention and nobody can import.
        includeForgottenExports: report === 'index.api.md',
      },
      newlineKind: 'lf',
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: none, tsdocMessageReporting: none },
    },
  });
}
