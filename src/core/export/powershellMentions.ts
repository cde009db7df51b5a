import { NEXT_LINK, TOTAL_COUNT } from '../api/listHeaders.ts';
import { MENTIONED_NUMBER, MENTIONS, NO_LINK } from '../api/pagingTable.ts';
import { powershellText, powershellTexts } from './powershellSnippet.ts';

export const MORE_MENTIONED = powershellText(
  'NinjaOne mentions more items than it returned, so the list may have more items.',
);

/** What an answer and its headers say about the rest of its list, as `mentionedItems()` reads it. */
export const LIST_MENTIONS = String.raw`
function Test-Number($Value) {
    return $Value -is [long] -or $Value -is [decimal]
}

function Get-Mentions($Response, $Answer) {
    $mentions = @{ HasNext = Test-Match $Answer.Link ${powershellText(NEXT_LINK.source)}; Total = [long] 0; Pages = [long] 0 }
    if ($Answer.TotalCount -cmatch '${TOTAL_COUNT.source.replace('$', String.raw`\z`)}') {
        $mentions.Total = [long] $Answer.TotalCount
    }
    $places = @(, $Response) + @(foreach ($mention in @(${powershellTexts(MENTIONS.places)})) { , (Get-Part $Response $mention) })
    foreach ($place in $places) {
        foreach ($mention in @(${powershellTexts(MENTIONS.totals)})) {
            $mentions.Total = Get-Greater $mentions.Total (Get-Part $place $mention)
        }
        foreach ($mention in @(${powershellTexts(MENTIONS.pages)})) {
            $mentions.Pages = Get-Greater $mentions.Pages (Get-Part $place $mention)
        }
        foreach ($mention in @(${powershellTexts(MENTIONS.flags)})) {
            $mentions.HasNext = $mentions.HasNext -or (Test-Flag (Get-Part $place $mention) $true)
        }
        foreach ($mention in @(${powershellTexts(MENTIONS.ends)})) {
            $mentions.HasNext = $mentions.HasNext -or (Test-Flag (Get-Part $place $mention) $false)
        }
        foreach ($mention in @(${powershellTexts(MENTIONS.links)})) {
            $mentions.HasNext = $mentions.HasNext -or (Test-Link (Get-Part $place $mention))
        }
    }
    return $mentions
}

function Get-Greater($Number, $Value) {
    if ($Value -is [string] -and $Value -cmatch '${MENTIONED_NUMBER.source}') {
        $Value = [long] $Value
    }
    if ((Test-Number $Value) -and $Value -gt $Number) {
        return $Value
    }
    return $Number
}

function Test-Flag($Value, [bool] $Flag) {
    return ($Value -is [bool] -and $Value -eq $Flag) -or ($Value -is [string] -and $Value -ceq $Flag.ToString().ToLowerInvariant())
}

function Test-Link($Value) {
    if ($Value -is [bool]) {
        return $Value
    }
    if ($Value -is [string]) {
        return -not (Test-Match $Value '${NO_LINK.source}')
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
    if ($mentions.HasNext -or $mentions.Total -gt $list.Count -or $mentions.Pages -gt 1) {
        $session.Count = $list.Count
        Stop-Script 'More' ${MORE_MENTIONED}
    }
}`;
}
