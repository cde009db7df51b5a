import { NEXT_LINK, TOTAL_COUNT } from '../api/listHeaders.ts';
import { MENTIONS } from '../api/pagingTable.ts';
import { powershellText } from './powershellSnippet.ts';

export const MORE_MENTIONED = powershellText(
  'NinjaOne mentions more items than it returned, so the list may have more items.',
);

function names(list: readonly string[]): string {
  return `@(${list.map(powershellText).join(', ')})`;
}

/** What an answer and its headers say about the rest of its list, as `mentionedItems()` reads it. */
export const LIST_MENTIONS = String.raw`
function Test-Number($Value) {
    return $Value -is [long] -or $Value -is [decimal]
}

function Get-Mentions($Response, $Answer) {
    $mentions = @{ HasNext = Test-Match $Answer.Link ${powershellText(NEXT_LINK.source)}; Total = [long] 0 }
    if ($Answer.TotalCount -cmatch '${TOTAL_COUNT.source.replace('$', String.raw`\z`)}') {
        $mentions.Total = [long] $Answer.TotalCount
    }
    $places = @(, $Response) + @(foreach ($mention in ${names(MENTIONS.places)}) { , (Get-Part $Response $mention) })
    foreach ($place in $places) {
        foreach ($mention in ${names(MENTIONS.totals)}) {
            $total = Get-Part $place $mention
            if ((Test-Number $total) -and $total -gt $mentions.Total) {
                $mentions.Total = $total
            }
        }
        foreach ($mention in ${names(MENTIONS.flags)}) {
            $flag = Get-Part $place $mention
            $mentions.HasNext = $mentions.HasNext -or ($flag -is [bool] -and $flag)
        }
        foreach ($mention in ${names(MENTIONS.links)}) {
            $mentions.HasNext = $mentions.HasNext -or (Test-Link (Get-Part $place $mention))
        }
    }
    return $mentions
}

function Test-Link($Value) {
    if ($Value -is [string]) {
        return $Value.Length -gt 0
    }
    if (Test-Number $Value) {
        return $Value -gt 0
    }
    if ($Value -is [array]) {
        return $Value.Count -gt 0
    }
    if ($Value -is [System.Collections.IDictionary]) {
        # A member of the JSON can be called Count.
        return $Value.get_Count() -gt 0
    }
    return $Value -is [System.Management.Automation.PSCustomObject] -and @($Value.PSObject.Properties).Count -gt 0
}
`;

/** The check of a list that has no pages, as that of `followingPage()`. Needs `$read` and `$answer`. */
export function wholeListCheck(items: string | undefined): string {
  return `
$list = $read.Value
${items ? `if ($list -isnot [array]) {\n    $list = Get-Part $list ${powershellText(items)}\n}\n` : ''}if ($list -is [array]) {
    $mentions = Get-Mentions $read.Value $answer
    if ($mentions.HasNext -or $mentions.Total -gt $list.Count) {
        $session.Count = $list.Count
        Stop-Script 'More' ${MORE_MENTIONED}
    }
}`;
}
