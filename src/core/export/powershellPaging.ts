import type { Operation, PagingStyle } from '../catalog/operation.ts';
import { powershellText } from './powershellSnippet.ts';

export interface ScriptCursor {
  readonly location: 'query' | 'body';
  readonly name: string;
  /** PowerShell expression that reads the next cursor from `$response` and `$items`. */
  readonly next: string;
}

const CURSORS: { readonly [K in PagingStyle]: ScriptCursor } = {
  after: { location: 'query', name: 'after', next: '[long] ($items | Measure-Object -Property id -Maximum).Maximum' },
  olderThan: {
    location: 'query',
    name: 'olderThan',
    next: '[long] ($items | Measure-Object -Property id -Minimum).Minimum',
  },
  cursor: {
    location: 'query',
    name: 'cursor',
    next: 'if ($response.cursor -is [string]) { $response.cursor } else { $response.cursor.name }',
  },
  cursorName: {
    location: 'query',
    name: 'cursorName',
    next: 'if ($response.cursorName) { $response.cursorName } else { $items[-1].name }',
  },
  anchorId: { location: 'query', name: 'anchorId', next: '$items[-1].id' },
  anchorNaturalId: { location: 'query', name: 'anchorNaturalId', next: '$items[-1].naturalId' },
  boardRun: { location: 'body', name: 'lastCursorId', next: '$response.metadata.lastCursorId' },
};

export function scriptCursor({ traits }: Operation): ScriptCursor | undefined {
  return traits.paging && CURSORS[traits.paging.style];
}

/** Outputs the items of all pages one by one, so that they can be piped to `Export-Csv` or `ConvertTo-Json`. */
export function scriptPaging(operation: Operation): string {
  const cursor = scriptCursor(operation);
  if (!cursor) {
    return 'Invoke-NinjaOne $null';
  }
  const list = operation.traits.paging?.items ?? '';
  const items = list === '' ? '$response' : `$response.${/^\w+$/.test(list) ? list : powershellText(list)}`;
  return `
$cursor = $null
while ($true) {
    $response = Invoke-NinjaOne $cursor
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
