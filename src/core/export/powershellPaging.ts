import {
  MAX_CURSOR_LENGTH,
  ORDERED_NUMBER,
  PAGING_TABLE,
  type CursorStep,
  type PagingRule,
} from '../api/pagingTable.ts';
import type { Paging } from '../catalog/operation.ts';
import { MORE_MENTIONED } from './powershellMentions.ts';
import { powershellText, powershellTexts } from './powershellSnippet.ts';

/**
 * The functions of a saved script that find the next cursor, made from `PAGING_TABLE`. The comments of the table say in
 * which order a page is handled; `pagesOf()` does the same.
 */
export function cursorFunctions({ style, isInferred, items }: Paging): string {
  const rule = PAGING_TABLE[style];
  return `
${readCursor(rule)}

function Get-NextCursor($Response, $Items) {
${rule.next.map(tryStep).join('\n')}${isInferred ? inferredEnd(rule) : ''}${items === '' ? '' : OTHER_FORM}
    return @{ State = ${powershellText(rule.withoutCursor)} }
}
${listProof(rule)}`;
}

/** A list without the object around it has no place for a cursor. */
const OTHER_FORM = `
    if ($Response -is [array]) {
        return @{ State = 'unknown' }
    }`;

/** Collects in `$proof` whether the pages prove that the list is complete, as \`ListProof\` does. */
function listProof({ order }: PagingRule): string {
  const isTurned = { rising: '$proof.Falls', falling: '$proof.Rises', either: '($proof.Rises -and $proof.Falls)' };
  const numbers = order
    ? `
    foreach ($item in $Items) {
        $number = Read-Number (Get-Part $item ${powershellText(order.member)})
        if ($null -ne $number -and $null -ne $proof.Number) {
            $proof.Rises = $proof.Rises -or $number -gt $proof.Number
            $proof.Falls = $proof.Falls -or $number -lt $proof.Number
            $proof.Repeats = $proof.Repeats -or $number -eq $proof.Number
        }
        if ($null -ne $number) {
            $proof.Number = $number
        }
    }
    $proof.IsUnsorted = $proof.Repeats -or ${isTurned[order.direction]}`
    : '';
  return String.raw`
function Read-Number($Value) {
    if ($Value -is [long] -or $Value -is [decimal] -or ($Value -is [string] -and $Value -cmatch '${ORDERED_NUMBER.source}')) {
        return [decimal] $Value
    }
    return $null
}

function Add-Proof($Response, $Items, $Answer) {
    $count = @($Items).Count${numbers}
    $offset = Get-Part (Get-Part $Response 'cursor') 'offset'
    if ((Test-Number $offset) -and $count -gt 0) {
        if ($null -ne $proof.Offset -and $offset -ne $proof.Offset) {
            $step = $offset - $proof.Offset
            if ($step -lt [math]::Min($proof.OffsetCount, $count) -or $step -gt [math]::Max($proof.OffsetCount, $count)) {
                $proof.IsJoined = $false
            }
        }
        $proof.Offset = $offset
        $proof.OffsetCount = $count
    }
    $proof.Count += $count
    $mentions = Get-Mentions $Response $Answer
    $proof.HasMore = $mentions.HasNext
    if ($mentions.Total -gt $proof.Total) {
        $proof.Total = $mentions.Total
    }
    $proof.Pages++
    if ($mentions.Pages -gt $proof.AllPages) {
        $proof.AllPages = $mentions.Pages
    }
}

# Ends the script unless the list that came is complete.
function Assert-Complete([bool] $IsFromCursor) {
    if ($proof.IsUnsorted) {
        Stop-Script 'Unsorted' 'The items are not in the order that paging needs, so the list may have more items.'
    }
    $isShort = $proof.Total -gt $proof.Count -or $proof.AllPages -gt $proof.Pages
    if ($proof.HasMore -or -not $proof.IsJoined -or (-not $IsFromCursor -and $isShort)) {
        Stop-Script 'More' ${MORE_MENTIONED}
    }
}`;
}

/** Said of a list that does not begin with its first item. */
export function beginning(name: string): string {
  return `The request has a value for ${name}, so the list begins there and lacks what comes before.`;
}

/** Where the style is a guess, only a response that has the place of a cursor says that there is none. */
function inferredEnd({ next }: PagingRule): string {
  const missing = next.flatMap((step) =>
    step.take === 'response' ? [`-not (Test-Part $Response ${pathText(step.path)})`] : [],
  );
  return `
    if (${missing.length === 0 ? '$true' : missing.join(' -and ')}) {
        return @{ State = 'unknown' }
    }`;
}

function pathText(path: readonly string[]): string {
  return `@(${powershellTexts(path)})`;
}

/** The loop that outputs the items of all pages. Calls `Get-Uri`, `Get-RequestBody` and `Get-Answer`. */
export function pagingLoop({ style, items }: Paging): string {
  const rule = PAGING_TABLE[style];
  const own =
    rule.location === 'query'
      ? `([string] @($query | Where-Object { $_.Name -ceq ${powershellText(rule.name)} })[0].Value)`
      : `(Get-Part (ConvertFrom-JsonText (Get-RequestBody $null) $false '').Value ${powershellText(rule.name)})`;
  const isSame = `$isUsed -and $null -ne $previousList`;
  const isEqual = `[string]::Equals($read.List, $previousList)${rule.equalPage === 'allowed' ? ' -and $isUsed' : ''}`;
  const isRepeated = rule.usedCursor === 'repeated' ? `(${isEqual}) -or (${isSame})` : isEqual;
  const isLast = rule.usedCursor === 'end' ? ` -or ($isUsed -and [string]::Equals($next.Identity, $current))` : '';
  return `
$used = New-Object -TypeName 'System.Collections.Generic.HashSet[string]'
$first = Read-Cursor ${own} @()
if ($first.State -ne 'none') {
    Write-Warning ${powershellText(beginning(rule.name))}
}
$current = $first.Identity
# No item comes before the cursor 0.
$isFromCursor = $null -ne $current -and $first.Key -ne '0'
$proof = @{ Number = Read-Number $first.Value; Rises = $false; Falls = $false; Repeats = $false; IsUnsorted = $false; Offset = $null; OffsetCount = 0; IsJoined = $true; Pages = 0; AllPages = 0; Count = 0; Total = 0; HasMore = $false }
if ($null -ne $current) {
    [void] $used.Add($current)
}
$nextCursor = $null
$previousList = $null
$separator = '['
while ($true) {
    $answer = Get-Answer (Get-Uri $nextCursor) (Get-RequestBody $nextCursor) $true
    if ($answer.Text.Trim().Length -gt 0) {
        # The file is a list of the pages, each unchanged.
        $answer.Bytes = $utf8.GetBytes($separator + $answer.Text)
        $separator = ',' + [char] 10
    }
    Save-Answer $answer
    $read = Read-Answer $answer $true
    if ($read.Kind -eq 'empty' -and ($answer.Status -ne 204 -or $null -ne $previousList)) {
        Stop-Script 'Unreadable' 'NinjaOne answered a page without a body.'
    }
    $response = $read.Value
    $items = $response
    if ($items -isnot [array]) {
        $items = ${items === '' ? '$null' : `Get-Part $response ${powershellText(items)}`}
    }
    if ($read.Kind -eq 'json') {
        $read.Value = $items
    }
    Assert-Answer $read $true
    Add-Proof $response $items $answer
    if ($null -eq $items -or $items.Count -eq 0) {
        Assert-Complete $isFromCursor
        break
    }
    $next = Get-NextCursor $response $items
    $isUsed = $next.State -eq 'cursor' -and $used.Contains($next.Identity)
    if (${isRepeated}) {
        Stop-Script 'Repeated' 'NinjaOne returned the same page twice, so the list may have more items.'
    }
    $previousList = $read.List
    Write-Answer $items
    $session.Count += $items.Count
    if ($next.State -eq 'end'${isLast}) {
        Assert-Complete $isFromCursor
        break
    }
    if ($isUsed) {
        Stop-Script 'Repeated' 'NinjaOne named the same next page twice, so the list may have more items.'
    }
    if ($next.State -eq 'unknown') {
        Stop-Script 'NoCursor' 'NinjaOne did not say how to get the next page, so the list may have more items.'
    }
    [void] $used.Add($next.Identity)
    $nextCursor = $next.Value
    $current = $next.Key
}
Save-Answer @{ Bytes = $utf8.GetBytes($separator.TrimEnd().TrimEnd(',') + ']') }`;
}

/** Cursors that cannot be sent are `unknown`: there are more pages, but not how to request them. */
function readCursor({ type, none }: PagingRule): string {
  const isNone = none.map((value) =>
    value === ''
      ? ' -or ($Value -is [string] -and $Value.Length -eq 0)'
      : ' -or (($Value -is [long] -or $Value -is [decimal]) -and $Value -eq 0)',
  );
  const lone = String.raw`(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])`;
  const isText = `$Value -is [string] -and $Value.Length -le ${MAX_CURSOR_LENGTH} -and $Value -cnotmatch '${lone}'`;
  return String.raw`function Read-Cursor($Value, [object[]] $With) {
${type === 'integer' ? "    if ($Value -is [string] -and $Value -cmatch '^-?[0-9]{1,16}$') {\n        $Value = [long] $Value\n    }\n" : ''}    if ($null -eq $Value${isNone.join('')}) {
        return @{ State = 'none' }
    }
    if ($Value -is [long] -or $Value -is [decimal]) {
        if ([decimal]::Truncate($Value) -ne $Value -or [math]::Abs($Value) -gt 9007199254740991) {
            return @{ State = 'unknown' }
        }
        $Value = [long] $Value
    } elseif (-not (${type === 'text' ? isText : '$false'})) {
        return @{ State = 'unknown' }
    }
    $parts = @($With | Where-Object { $_ -is [long] -or $_ -is [decimal] -or ($_ -is [string] -and $_.Length -le ${MAX_CURSOR_LENGTH}) })
    return @{ State = 'cursor'; Value = $Value; Key = [string] $Value; Identity = @(, [string] $Value + $parts) -join [char] 0 }
}`;
}

function tryStep(step: CursorStep): string {
  const stop = `    if ($found.State -ne 'none') {\n        return $found\n    }`;
  switch (step.take) {
    case 'response':
      return `    $value = ${part('$Response', step.path)}
    $with = @()
    $isKnown = $true
${
  step.member === undefined
    ? ''
    : `    if ($value -is [System.Collections.IDictionary] -or $value -is [System.Management.Automation.PSCustomObject]) {
        $names = @(if ($value -is [System.Collections.IDictionary]) { $value.get_Keys() } else { foreach ($member in $value.PSObject.Properties) { $member.Name } })
        $isKnown = @($names | Where-Object { $_ -cnotin ${pathText([step.member, ...(step.known ?? [])])} }).Count -eq 0
        $with = @(${(step.sameWith ?? []).map((name) => part('$value', [name])).join(', ')})
        $value = ${part('$value', [step.member])}
    }
`
}    $found = Read-Cursor $value $with
    if ($found.State -eq 'none' -and -not $isKnown) {
        return @{ State = 'unknown' }
    }
${stop}`;
    case 'lastItem':
      return `    $found = Read-Cursor (Get-Part $Items[-1] ${powershellText(step.member)}) @()\n${stop}`;
    case 'greatestItem':
    case 'leastItem':
      return `    $best = $null
    foreach ($item in $Items) {
        $found = Read-Cursor (Get-Part $item ${powershellText(step.member)}) @()
        if ($found.State -eq 'unknown') {
            return $found
        }
        if ($found.State -eq 'cursor' -and ($null -eq $best -or $found.Value ${step.take === 'greatestItem' ? '-ge' : '-le'} $best.Value)) {
            $best = $found
        }
    }
    if ($best) {
        return $best
    }`;
    case 'endOfShortPage':
      return `    $size = ${part('$Response', step.pageSize)}
    if (($size -is [long] -or $size -is [decimal]) -and $Items.Count -lt $size) {
        return @{ State = 'end' }
    }`;
  }
}

function part(object: string, path: readonly string[]): string {
  return path.reduce((inner, name) => `(Get-Part ${inner} ${powershellText(name)})`, object);
}
