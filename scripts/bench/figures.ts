/** Median, least and most of what was measured, with one digit or so many. */
export function summary(values: readonly number[], digits = 1): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? NaN).toFixed(digits);
  return sorted.length === 0 ? 'not seen' : `${at(0.5)} (${at(0)}–${at(1)})`;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN;
}

export function heading(text: string): void {
  console.log(`\n${text}\n`);
}

export function line(name: string, figure: string): void {
  console.log(`  ${name.padEnd(34)} ${figure}`);
}

/** Milliseconds of each of so many calls, after one that warms up. `after` follows each call and is not measured. */
export async function timed(times: number, task: () => unknown, after?: () => Promise<void>): Promise<number[]> {
  const taken: number[] = [];
  for (let call = 0; call <= times; call += 1) {
    const started = performance.now();
    await task();
    if (call > 0) {
      taken.push(performance.now() - started);
    }
    await after?.();
  }
  return taken;
}
