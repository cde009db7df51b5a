import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Context } from 'mocha';

/**
 * The command that starts PowerShell: on the path, or where `dotnet tool install --global PowerShell` puts it. Skips the
 * test, and says so, if there is none.
 */
export function powershellOrSkip(test: Context, what: string): string {
  installed ??= ['pwsh', join(homedir(), '.dotnet', 'tools', 'pwsh')].find(
    (command) => spawnSync(command, ['--version']).status === 0,
  );
  if (installed === undefined) {
    console.log(`      pwsh is not installed: ${what} is NOT tested here`);
    test.skip(); // PowerShell cannot be installed everywhere.
  }
  return installed;
}

/** Looked for once, because each start takes a second. */
let installed: string | undefined;

export interface Finished {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a file as a scheduled task does. The process has no profile, asks nobody, and writes no colors. */
export async function runPowerShell(
  command: string,
  file: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return runProcess(command, ['-NoProfile', '-NonInteractive', '-File', file, ...args], environment);
}

const PLAIN = { NO_COLOR: '1', POWERSHELL_TELEMETRY_OPTOUT: '1' };

/** Runs a process beside the servers of the test. */
export async function runProcess(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const env = { ...process.env, ...PLAIN, ...environment };
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, out, err };
}

/** One run of a saved script in a PowerShell that runs many. */
export interface ScriptRun {
  readonly file: string;
  /** Parameters of the script, without the dash; `true` for a switch. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ScriptResult {
  /** What the script output, as JSON of PowerShell, an item each. */
  readonly items: readonly string[];
  /** .NET types of the members of the first item. */
  readonly types: readonly string[];
  /** The message that would have ended a task with exit code 1. */
  readonly error: string | undefined;
  readonly id: string | undefined;
  /** What `-Verbose` told. */
  readonly verbose: readonly string[];
}

/** Saves a script, equal ones under one name, because PowerShell compiles a file once. */
export async function saveScript(directory: string, script: string): Promise<string> {
  const file = join(directory, `${createHash('sha256').update(script).digest('hex').slice(0, 16)}.ps1`);
  await writeFile(file, script);
  return file;
}

/**
 * Runs the scripts one after the other in one process, because a PowerShell starts slowly: in the one that all tests of
 * this process share, or in a new one if it needs an `environment`.
 */
export async function runScripts(
  command: string,
  directory: string,
  runs: readonly ScriptRun[],
  environment?: Readonly<Record<string, string>>,
): Promise<readonly ScriptResult[]> {
  const batch = { input: join(directory, 'runs.json'), output: join(directory, 'results.json') };
  await writeFile(batch.input, JSON.stringify(runs));
  if (environment === undefined) {
    shared ??= await SharedPowerShell.start(command);
    await shared.run(batch);
  } else {
    const own = await SharedPowerShell.start(command, environment);
    await own.run(batch);
    own.end();
  }
  return (JSON.parse(await readFile(batch.output, 'utf8')) as Result[]).map(({ items, types, error, id, verbose }) => ({
    items,
    types,
    error: error ?? undefined,
    id: id ?? undefined,
    verbose,
  }));
}

let shared: SharedPowerShell | undefined;

interface Batch {
  readonly input: string;
  readonly output: string;
}

/** A PowerShell that runs a batch for each line of its input. It ends with this process, and does not keep it alive. */
class SharedPowerShell {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #errors = '';

  private constructor(child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (part: string) => (this.#errors += part));
    // It may end between two batches, when nobody waits for one. The next batch then starts another.
    child.once('close', () => {
      if (shared === this) {
        shared = undefined;
      }
    });
    // A batch that cannot be written any more fails by the end of the process, which has the reason.
    child.stdin.on('error', () => {});
    this.#hold(false);
  }

  static async start(command: string, environment: Readonly<Record<string, string>> = {}): Promise<SharedPowerShell> {
    const folder = await mkdtemp(join(tmpdir(), 'ninjaone-powershell-'));
    const runner = join(folder, 'run-batches.ps1');
    await writeFile(runner, RUNNER);
    const env = { ...process.env, ...PLAIN, ...environment };
    const child = spawn(command, ['-NoProfile', '-NonInteractive', '-File', runner], { env });
    process.once('exit', () => {
      rmSync(folder, { recursive: true, force: true });
    });
    return new SharedPowerShell(child);
  }

  /** Rejects when PowerShell ends before the batch does. */
  async run(batch: Batch): Promise<void> {
    this.#hold(true);
    const id = randomUUID();
    await new Promise<void>((resolve, reject) => {
      let text = '';
      const onData = (part: Buffer): void => {
        text += part.toString();
        if (text.includes(id)) {
          this.#child.stdout.off('data', onData);
          this.#child.off('close', onClose);
          resolve();
        }
      };
      const onClose = (status: number | null): void => {
        reject(new Error(`PowerShell ended with ${status}: ${this.#errors}`));
      };
      this.#child.stdout.on('data', onData);
      this.#child.once('close', onClose);
      this.#child.stdin.write(`${JSON.stringify({ ...batch, id })}\n`);
    });
    this.#hold(false);
  }

  end(): void {
    this.#child.stdin.end();
  }

  #hold(isHeld: boolean): void {
    for (const each of [this.#child, this.#child.stdin, this.#child.stdout, this.#child.stderr] as readonly Held[]) {
      if (isHeld) {
        each.ref();
      } else {
        each.unref();
      }
    }
  }
}

/** What Node.js waits for at its end; the pipes of a child are sockets. */
interface Held {
  ref(): void;
  unref(): void;
}

interface Result {
  readonly items: string[];
  readonly types: string[];
  readonly error: string | null;
  readonly id: string | null;
  readonly verbose: string[];
}

const RUNNER = String.raw`$ErrorActionPreference = 'Stop'
foreach ($name in 'NINJAONE_ACCESS_TOKEN', 'NINJAONE_CLIENT_ID', 'NINJAONE_CLIENT_SECRET') {
    [Environment]::SetEnvironmentVariable($name, $null)
}
while ($null -ne ($line = [Console]::In.ReadLine())) {
$batch = ConvertFrom-Json $line
$results = foreach ($run in (Get-Content -LiteralPath $batch.input -Raw -Encoding utf8 | ConvertFrom-Json -DateKind String)) {
    foreach ($variable in $run.environment.PSObject.Properties) {
        [Environment]::SetEnvironmentVariable($variable.Name, $variable.Value)
    }
    $parameters = @{}
    if ($run.parameters) {
        foreach ($parameter in $run.parameters.PSObject.Properties) {
            $parameters[$parameter.Name] = $parameter.Value
        }
    }
    $items = New-Object System.Collections.ArrayList
    $verbose = New-Object System.Collections.ArrayList
    $types = @()
    $message = $null
    $id = $null
    try {
        & $run.file @parameters 4>&1 | ForEach-Object {
            if ($_ -is [System.Management.Automation.VerboseRecord]) {
                [void] $verbose.Add($_.Message)
            } else {
                [void] $items.Add((ConvertTo-Json -InputObject $_ -Depth 50 -Compress))
                if ($items.Count -eq 1 -and $_ -is [pscustomobject]) {
                    $types = @($_.PSObject.Properties | ForEach-Object { if ($null -eq $_.Value) { 'null' } else { $_.Value.GetType().Name } })
                }
            }
        }
    } catch {
        $message = $_.Exception.Message
        $id = $_.FullyQualifiedErrorId
    }
    foreach ($variable in $run.environment.PSObject.Properties) {
        [Environment]::SetEnvironmentVariable($variable.Name, $null)
    }
    [pscustomobject] @{ items = @($items); types = @($types); error = $message; id = $id; verbose = @($verbose) }
}
[System.IO.File]::WriteAllText($batch.output, (ConvertTo-Json -InputObject @($results) -Depth 5 -EscapeHandling EscapeNonAscii))
[Console]::Out.WriteLine($batch.id)
}
`;
