import { PAGING_TABLE } from '../api/pagingTable.ts';
import type { Paging } from '../catalog/operation.ts';
import { powershellText } from './powershellSnippet.ts';

/**
 * The function of a saved script that returns the JSON text of the body. A cursor is put into the text, so that no digit
 * of a filter changes.
 */
export function bodyFunction(hasBody: boolean, paging: Paging | undefined): string {
  const rule = paging && PAGING_TABLE[paging.style];
  if (rule?.location !== 'body') {
    return `function Get-RequestBody($NextCursor) {\n    return ${hasBody ? '$Body' : "''"}\n}`;
  }
  const words = String.raw`'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s"\[\]{}:,]+'`;
  return `function Get-RequestBody($NextCursor) {
    $text = ${hasBody ? '$Body' : "''"}
    if ($null -eq $NextCursor) {
        return $text
    }
    if (-not $text) {
        $text = '{}'
    }
    if ($text.TrimStart()[0] -ne '{') {
        Stop-Script 'NoCursor' 'The body is not a JSON object, so it cannot ask for the next page and the list may have more items.'
    }
    $json = ConvertTo-Json -InputObject $NextCursor -Compress
    $words = @([regex]::Matches($text, ${words}))
    $depth = 0
    $from = -1
    $places = @()
    for ($index = 0; $index -lt $words.Count; $index++) {
        $word = $words[$index].Value
        if ($word -eq '}' -or $word -eq ']') {
            $depth--
        }
        if ($from -ge 0 -and ($depth -eq 0 -or ($depth -eq 1 -and $word -eq ','))) {
            $places = @(, @($from, $words[$index].Index)) + $places
            $from = -1
        }
        if ($depth -eq 1 -and $word -eq ':' -and (ConvertFrom-JsonText $words[$index - 1].Value $false '').Value -ceq ${powershellText(rule.name)}) {
            $from = $words[$index + 1].Index
        }
        if ($word -eq '{' -or $word -eq '[') {
            $depth++
        }
    }
    foreach ($place in $places) {
        $text = $text.Remove($place[0], $place[1] - $place[0]).Insert($place[0], $json)
    }
    if ($places.Count -eq 0) {
        $comma = ''
        if ($words.Count -gt 2) {
            $comma = ','
        }
        $text = $text.Insert($words[-1].Index, $comma + ${powershellText(`${JSON.stringify(rule.name)}:`)} + $json)
    }
    return $text
}`;
}
