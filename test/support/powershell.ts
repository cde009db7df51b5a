import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';

/**
 * The command that starts PowerShell: on the path, or where `dotnet tool install --global PowerShell` puts it. Skips the
 * test, and says so, if there is none.
 */
export function powershellOrSkip(test: Context, what: string): string {
  const found = ['pwsh', join(homedir(), '.dotnet', 'tools', 'pwsh')].find(
    (command) => spawnSync(command, ['--version']).status === 0,
  );
  if (found === undefined) {
    console.log(`      pwsh is not installed: ${what} is NOT tested here`);
    test.skip(); // PowerShell cannot be installed everywhere.
  }
  return found;
}

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

/** Runs a process beside the servers of the test. */
export async function runProcess(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const env = { ...process.env, NO_COLOR: '1', POWERSHELL_TELEMETRY_OPTOUT: '1', ...environment };
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

/** Runs the scripts one after the other in one process with `environment`, because a PowerShell starts slowly. */
export async function runScripts(
  command: string,
  directory: string,
  runs: readonly ScriptRun[],
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly ScriptResult[]> {
  const input = join(directory, 'runs.json');
  const output = join(directory, 'results.json');
  const runner = join(directory, 'run-all.ps1');
  await writeFile(input, JSON.stringify(runs));
  await writeFile(runner, RUNNER);
  const { status, err } = await runPowerShell(command, runner, [input, output], environment);
  if (status !== 0) {
    throw new Error(`PowerShell ended with ${status}: ${err}`);
  }
  return (JSON.parse(await readFile(output, 'utf8')) as Result[]).map(({ items, types, error, id, verbose }) => ({
    items,
    types,
    error: error ?? undefined,
    id: id ?? undefined,
    verbose,
  }));
}

interface Result {
  readonly items: string[];
  readonly types: string[];
  readonly error: string | null;
  readonly id: string | null;
  readonly verbose: string[];
}

const RUNNER = String.raw`param([string] $Path, [string] $Output)
$ErrorActionPreference = 'Stop'
$results = foreach ($run in (Get-Content -LiteralPath $Path -Raw -Encoding utf8 | ConvertFrom-Json -DateKind String)) {
    foreach ($name in 'NINJAONE_ACCESS_TOKEN', 'NINJAONE_CLIENT_ID', 'NINJAONE_CLIENT_SECRET') {
        [Environment]::SetEnvironmentVariable($name, $null)
    }
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
    [pscustomobject] @{ items = @($items); types = @($types); error = $message; id = $id; verbose = @($verbose) }
}
[System.IO.File]::WriteAllText($Output, (ConvertTo-Json -InputObject @($results) -Depth 5 -EscapeHandling EscapeNonAscii))
`;
