import { FAILED_WORD, FAILURE_CODE, FORM_MEMBERS, FORM_TEXTS, PARTIAL_CODE } from '../api/failureForms.ts';
import { MAX_REPORT } from '../api/reportedFailure.ts';
import { powershellText } from './powershellSnippet.ts';

/**
 * How a saved script finds a failure that a success reports: in the forms of `failureForms.ts`, as `reportedReadFailure()`
 * judges a read. JSON is that of `ConvertFrom-JsonText`, with dictionaries for objects (E9, E10).
 */
export const POWERSHELL_FAILURES = String.raw`
function Test-Words($Value) {
    return $Value -is [System.Collections.IDictionary] -or ($Value -is [string] -and $Value.Trim().Length -gt 0)
}

# Whether an item says that it failed, as NinjaOne says it. Nothing if it does not say so.
function Test-Failed($Item, [bool] $IsMultiStatus) {
    $code = Get-Part $Item 'resultCode'
    $hasMessage = Test-Words (Get-Part $Item 'errorMessage')
    if ($code -is [string] -and $code.Length -gt 0) {
        return $code -match '${FAILURE_CODE.source}' -or $hasMessage
    }
    if ($hasMessage -and (Test-Words (Get-Part $Item 'incidentId'))) {
        return $true
    }
    $itemStatus = Get-Part $Item 'status'
    if ($IsMultiStatus -and ($itemStatus -is [long] -or $itemStatus -is [decimal])) {
        return $itemStatus -ge 400
    }
    return $null
}

# The same in forms that are not NinjaOne's own.
function Test-FailedForm($Item) {
    $succeeded = Get-Part $Item 'success'
    $problem = Get-Part $Item 'error'
    if (($succeeded -is [bool] -and -not $succeeded) -or ($problem -is [bool] -and $problem) -or (Test-Words $problem)) {
        return $true
    }
    if ((Test-Words (Get-Part $Item 'errorCode')) -or (Test-Words (Get-Part $Item 'errorMessage'))) {
        return $true
    }
    $itemStatus = Get-Part $Item 'status'
    if (($itemStatus -is [long] -or $itemStatus -is [decimal]) -and $itemStatus -ge 400 -and $itemStatus -lt 600) {
        foreach ($memberName in ${textsOf(FORM_TEXTS)}) {
            if (Test-Words (Get-Part $Item $memberName)) {
                return $true
            }
        }
    }
    $code = Get-Part $Item 'result'
    if ($code -is [string] -and $code -match '^[a-z_]+\z') {
        if ($code -match '${FAILURE_CODE.source}') {
            return $true
        }
        if ($code -eq 'success') {
            return $false
        }
        return $null
    }
    if ($succeeded -is [bool]) {
        return $false
    }
    return $null
}

# Whether a code says that only a part was executed.
function Test-PartialSuccess($Item) {
    $code = Get-Part $Item 'resultCode'
    return $code -is [string] -and $code -match '${PARTIAL_CODE.source}'
}

# Whether JSON is nothing but a word of a failure. In a list, such a word is a name.
function Test-FailedWord($Item) {
    return $Item -is [string] -and $Item -match '${FAILED_WORD.source}' -and -not $Item.EndsWith([string] [char] 10)
}

function Test-FailedItem($Item, [bool] $IsMultiStatus) {
    if (Test-PartialSuccess $Item) {
        return $true
    }
    $isFailed = Test-Failed $Item $IsMultiStatus
    if ($null -eq $isFailed) {
        $isFailed = Test-FailedForm $Item
    }
    return $isFailed
}

# Whether there is a list of errors, which may be of a part only.
function Test-ErrorList($Item) {
    $problems = Get-Part $Item 'errors'
    if ($problems -is [array]) {
        return $problems.Count -gt 0
    }
    return Test-Words $problems
}

# Whether an object has no result beside a failure.
function Test-OnlyFailure($Item) {
    foreach ($memberName in $Item.get_Keys()) {
        $content = $Item[$memberName]
        $isEmpty = $null -eq $content -or ($content -is [string] -and $content.Length -eq 0) -or ($content -is [array] -and $content.Count -eq 0)
        if (-not $isEmpty -and $memberName -cnotin ${textsOf([...FORM_MEMBERS])}) {
            return $false
        }
    }
    return $true
}

function Get-FailureStart($Answer) {
    return ([uri] $Instance).Authority + ' answered HTTP ' + $Answer.Status + ', but reports '
}

function Get-FailureWords($Answer, $Item) {
    $problems = Get-Part $Item 'errors'
    $words = foreach ($part in @($Item, (Get-Part $Item 'error')) + @($problems)) {
        foreach ($memberName in 'resultCode', 'result', 'errorCode', 'code', 'error', 'errorMessage', 'error_description', 'title', 'detail', 'message') {
            $content = Get-Part $part $memberName
            if ($content -is [string] -and (Test-Words $content)) {
                Get-Line $content
            }
        }
        # The text of a list; that of an error is a member of the item.
        if ($part -is [string] -and $part -cne (Get-Part $Item 'error') -and (Test-Words $part)) {
            Get-Line $part
        }
    }
    if (-not $words) {
        return 'HTTP ' + $Answer.Status
    }
    return $words -join ', '
}

# Ends the script if the success of a read reports a failure in place of data.
function Assert-NoFailure($Answer) {
    if ($Answer.IsFile -or $Answer.IsEncoded -or $Answer.Bytes.Length -gt ${MAX_REPORT} -or $Answer.Text -notmatch '^\s*[{"]') {
        return
    }
    $json = (ConvertFrom-JsonText $Answer.Text $false '').Value
    if (Test-FailedWord $json) {
        Stop-Script 'Refused' ((Get-FailureStart $Answer) + 'a failure: ' + (Get-FailureWords $Answer $json) + '. Check the values of the request.')
    }
    if ($json -isnot [System.Collections.IDictionary]) {
        return
    }
    $isFailed = Test-Failed $json $false
    if ($null -eq $isFailed) {
        $isFailed = Test-OnlyFailure $json
        if ($isFailed) {
            $isFailed = Test-FailedForm $json
            if ($null -eq $isFailed) {
                $isFailed = Test-ErrorList $json
            }
        }
    }
    if ($isFailed) {
        Stop-Script 'Refused' ((Get-FailureStart $Answer) + 'a failure: ' + (Get-FailureWords $Answer $json) + '. Check the values of the request.')
    }
}
`;

function textsOf(names: readonly string[]): string {
  return names.map(powershellText).join(', ');
}
