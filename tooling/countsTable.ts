import { COUNT_KINDS, type CountsReport } from './effort.ts';

/** The lines of `COUNTS_VARIABLE`; without a last one that was cut off when its writer was ended. */
export function parseCounts(text: string): CountsReport[] {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as CountsReport);
}

/** A Markdown table with one row per kind that was reported: its sum, and the share of each suite. */
export function countsTable(reports: readonly CountsReport[]): string {
  const rows = COUNT_KINDS.flatMap((kind) => {
    const shares = new Map<string, number>();
    for (const { suite, counts } of reports) {
      const count = counts[kind];
      if (count !== undefined) {
        shares.set(suite, (shares.get(suite) ?? 0) + count);
      }
    }
    const sum = [...shares.values()].reduce((total, count) => total + count, 0);
    const suites = [...shares].map(([suite, count]) => `${suite} ${figure(count)}`);
    return shares.size > 0 ? [[kind, figure(sum), suites.join(', ')]] : [];
  });
  if (rows.length === 0) {
    return 'No suite reported counts.';
  }
  const cells = [['kind', 'count', 'suites'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => {
    const [kind = '', count = '', suites = ''] = row;
    return `| ${kind.padEnd(widths[0] ?? 0)} | ${count.padStart(widths[1] ?? 0)} | ${suites.padEnd(widths[2] ?? 0)} |`;
  });
  const [kind = 0, count = 0, suites = 0] = widths;
  lines.splice(1, 0, `| ${'-'.repeat(kind)} | ${'-'.repeat(count - 1)}: | ${'-'.repeat(suites)} |`);
  return lines.join('\n');
}

function figure(count: number): string {
  return count.toLocaleString('en-US');
}
