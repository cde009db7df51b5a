import type { Operation, PagingStyle } from '../catalog/operation.ts';
import { powershellText } from './powershellSnippet.ts';

export interface ScriptCursor {
  readonly place: 'query' | 'body';
  readonly name: string;
  /** PowerShell that gives the next cursor from `$answer` and `$items`. */
  readonly next: string;
}

const CURSORS: { readonly [K in PagingStyle]: ScriptCursor } = {
  after: { place: 'query', name: 'after', next: '[long] ($items | Measure-Object -Property id -Maximum).Maximum' },
  olderThan: {
    place: 'query',
    name: 'olderThan',
    next: '[long] ($items | Measure-Object -Property id -Minimum).Minimum',
  },
  cursor: {
    place: 'query',
    name: 'cursor',
    next: 'if ($answer.cursor -is [string]) { $answer.cursor } else { $answer.cursor.name }',
  },
  cursorName: {
    place: 'query',
    name: 'cursorName',
    next: 'if ($answer.cursorName) { $answer.cursorName } else { $items[-1].name }',
  },
  anchorId: { place: 'query', name: 'anchorId', next: '$items[-1].id' },
  anchorNaturalId: { place: 'query', name: 'anchorNaturalId', next: '$items[-1].naturalId' },
  boardRun: { place: 'body', name: 'lastCursorId', next: '$answer.metadata.lastCursorId' },
};

export function scriptCursor({ traits }: Operation): ScriptCursor | undefined {
  return traits.paging && CURSORS[traits.paging.style];
}

/** The items of every page, one by one, so that they can go on to `Export-Csv` or `ConvertTo-Json`. */
export function scriptPaging(operation: Operation): string {
  const cursor = scriptCursor(operation);
  if (!cursor) {
    return 'Invoke-NinjaOne $null';
  }
  const list = operation.traits.paging?.items ?? '';
  const items = list === '' ? '$answer' : `$answer.${/^\w+$/.test(list) ? list : powershellText(list)}`;
  return `
$cursor = $null
while ($true) {
    $answer = Invoke-NinjaOne $cursor
    $items = @(${items} | ForEach-Object { $_ } | Where-Object { $null -ne $_ })
    if ($items.Count -eq 0) {
        break
    }
    $items
    $next = ${cursor.next}
    if (-not $next) {
        break
    }
    if ($next -eq $cursor) {
        Write-Warning 'NinjaOne returned the same page twice. The list may be incomplete.'
        break
    }
    $cursor = $next
}`;
}
