import path from 'node:path';
import ts from 'typescript';

export interface Compiled {
  /** What the compiler reports, one line each. */
  readonly problems: readonly string[];
  /** The JavaScript of `main.ts`. */
  readonly code: string;
}

/**
 * Compiles `main.ts` and what it imports, as they would stand in one folder of a project that has the packages of this
 * one. No file is written. `options` as in `tsconfig.json`. Without a `package.json` of its own, the project is of the type
 * `commonjs`.
 */
export function compileTypeScript(files: Readonly<Record<string, string>>, options: object): Compiled {
  const folder = path.resolve('out/authors');
  const { options: parsed, errors } = ts.convertCompilerOptionsFromJson(options, folder);
  const host = ts.createCompilerHost(parsed);
  const text = (file: string): string | undefined =>
    path.dirname(file) === folder ? { 'package.json': '{}', ...files }[path.basename(file)] : undefined;
  let code = '';
  const overlay: ts.CompilerHost = {
    ...host,
    fileExists: (file) => text(file) !== undefined || host.fileExists(file),
    readFile: (file) => text(file) ?? host.readFile(file),
    directoryExists: (name) => name === folder || (host.directoryExists?.(name) ?? false),
    getSourceFile: (file, languageVersion, ...rest) => {
      const own = text(file);
      return own === undefined
        ? sharedSourceFile(host, file, languageVersion, ...rest)
        : ts.createSourceFile(file, own, languageVersion);
    },
    writeFile: (file, written) => {
      code = file.endsWith('main.js') ? written : code;
    },
  };
  const program = ts.createProgram({ rootNames: [path.join(folder, 'main.ts')], options: parsed, host: overlay });
  program.emit();
  return { problems: [...errors, ...ts.getPreEmitDiagnostics(program)].map(describe), code };
}

type SourceFileArguments = Parameters<ts.CompilerHost['getSourceFile']>;

/** The libraries are the same in every compilation, and reading them takes longer than everything else. */
function sharedSourceFile(host: ts.CompilerHost, ...args: SourceFileArguments): ts.SourceFile | undefined {
  const [file, version] = args;
  const key = `${file} ${JSON.stringify(version)}`;
  if (!sourceFiles.has(key)) {
    sourceFiles.set(key, host.getSourceFile(...args));
  }
  return sourceFiles.get(key);
}

const sourceFiles = new Map<string, ts.SourceFile | undefined>();

function describe({ code, messageText, file, start }: ts.Diagnostic): string {
  const line = file && start !== undefined ? ts.getLineAndCharacterOfPosition(file, start).line + 1 : 0;
  return `${file ? path.basename(file.fileName) : ''}:${line} TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
}
