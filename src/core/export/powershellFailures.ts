import {
  CODES,
  ERRORS,
  FAILED_WORD,
  FORM_MEMBERS,
  FORM_TEXTS,
  INNER_RESULTS,
  PROBLEMS,
  RESULT_WORD,
  STATUSES,
  STATUS_TEXT,
  SUCCESS_FLAGS,
} from '../api/failureForms.ts';
import { MAX_REPORT } from '../api/reportedFailure.ts';
import { powershellText, powershellTexts } from './powershellSnippet.ts';

/**
 * How a saved script finds a failure that a success reports: in the forms of `failureForms.ts`, as `reportedReadFailure()`
 * judges a read. JSON is that of `ConvertFrom-JsonText`, with dictionaries for objects (E9, E10).
 */
export const POWERSHELL_FAILURES = String.raw`
# A verdict is done, failed or part, or empty if nothing is said.
function Get-CodeVerdict([string] $Code) {
${CODES.map(([pattern, verdict]) => `    if (Test-Match $Code '${pattern.source}') {\n        return '${verdict}'\n    }`).join('\n')}
    return ''
}

function Test-Words($Value) {
    # A member of the JSON can be called Count.
    return ($Value -is [System.Collections.IDictionary] -and $Value.get_Count() -gt 0) -or ($Value -is [string] -and $Value.Trim().Length -gt 0)
}

# Words that are not those of a success, such as NONE.
function Test-Problem($Value) {
    return (Test-Words $Value) -and -not ($Value -is [string] -and (Get-CodeVerdict $Value.Trim()) -eq 'done')
}

# As NinjaOne says it.
function Get-OwnVerdict($Item) {
    $code = Get-Part $Item 'resultCode'
    $hasMessage = Test-Problem (Get-Part $Item 'errorMessage')
    if ($code -is [string] -and $code.Length -gt 0) {
        $verdict = Get-CodeVerdict $code
        if ($verdict -eq '' -and -not $hasMessage) {
            return 'done'
        }
        return $verdict
    }
    if ($hasMessage -and (Test-Words (Get-Part $Item 'incidentId'))) {
        return 'failed'
    }
    return ''
}

# By a member that is there to say it: the word of a result, or a flag.
function Get-ResultVerdict($Item) {
    $code = Get-Part $Item 'result'
    $verdict = ''
    if ($code -is [string] -and (Test-Match $code '${RESULT_WORD.source}')) {
        $verdict = Get-CodeVerdict $code
    }
    foreach ($memberName in ${powershellTexts(SUCCESS_FLAGS)}) {
        $flag = Get-Part $Item $memberName
        if ($flag -is [bool]) {
            $said = 'failed'
            if ($flag) {
                $said = 'done'
            }
            if ($verdict -ne '' -and $verdict -ne $said) {
                return 'part'
            }
            return $said
        }
    }
    return $verdict
}

# In the forms of other servers.
function Get-FormVerdict($Item) {
    $said = Get-ResultVerdict $Item
    $problem = Get-Part $Item 'error'
    $isFailed = $said -eq 'failed' -or ($problem -is [bool] -and $problem)
    foreach ($memberName in ${powershellTexts(PROBLEMS)}) {
        $isFailed = $isFailed -or (Test-Problem (Get-Part $Item $memberName))
    }
    foreach ($memberName in ${powershellTexts(STATUSES)}) {
        $itemStatus = Get-Part $Item $memberName
        if (($itemStatus -is [long] -or $itemStatus -is [decimal]) -and $itemStatus -ge 400 -and $itemStatus -lt 600) {
            foreach ($textName in ${powershellTexts(FORM_TEXTS)}) {
                $isFailed = $isFailed -or (Test-Words (Get-Part $Item $textName))
            }
        }
    }
    if (-not $isFailed) {
        return $said
    }
    if ($said -in '', 'failed') {
        return 'failed'
    }
    return 'part'
}

# Of an item of a 207, by its status.
function Get-StatusVerdict($Item) {
    foreach ($memberName in ${powershellTexts(STATUSES)}) {
        $itemStatus = Get-Part $Item $memberName
        if ($itemStatus -is [string] -and $itemStatus -cmatch '${STATUS_TEXT.source}') {
            $itemStatus = [long] $Matches[1]
        }
        if ($itemStatus -is [long] -or $itemStatus -is [decimal]) {
            if ($itemStatus -ge 400) {
                return 'failed'
            }
            return 'done'
        }
    }
    return ''
}

# What the answer to a change, or an item in it, says of itself.
function Get-Verdict($Item, [bool] $IsMultiStatus) {
    $said = Get-OwnVerdict $Item
    if ($said -eq '' -and $IsMultiStatus) {
        $said = Get-StatusVerdict $Item
    }
    if ($said -eq '') {
        $said = Get-ResultVerdict $Item
    }
    $form = Get-FormVerdict $Item
    if ($said -ne '') {
        if ($form -in '', $said) {
            return $said
        }
        return 'part'
    }
    if (Test-OnlyFailure $Item) {
        if ($form -eq '' -and (Test-FailedWord (Get-Part $Item 'status'))) {
            return 'failed'
        }
        return $form
    }
    if ($form -eq 'failed') {
        return 'part'
    }
    return $form
}

# Whether JSON is nothing but a word of a failure. In a list, such a word is a name.
function Test-FailedWord($Item) {
    return $Item -is [string] -and (Test-Match $Item '${FAILED_WORD.source}')
}

function Test-Errors($Problems) {
    if ($Problems -is [array]) {
        return $Problems.Count -gt 0
    }
    return Test-Words $Problems
}

# Whether an object has no result beside a failure and the members that were judged.
function Test-OnlyFailure($Item, [string[]] $Judged) {
    if ($Item -isnot [System.Collections.IDictionary]) {
        return $true
    }
    foreach ($memberName in $Item.get_Keys()) {
        $content = $Item[$memberName]
        $isDictionary = $content -is [System.Collections.IDictionary]
        $isEmpty = $null -eq $content -or ($content -is [string] -and $content.Length -eq 0) -or ($content -is [array] -and $content.Count -eq 0) -or ($isDictionary -and $content.get_Count() -eq 0)
        $isInner = ($isDictionary -or $content -is [array]) -and $memberName -cin ${powershellTexts(INNER_RESULTS)}
        if (-not $isEmpty -and $memberName -cnotin $Judged -and ($isInner -or $memberName -cnotin ${powershellTexts([...FORM_MEMBERS])})) {
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
    if ($Answer.IsFile -or $Answer.IsEncoded -or $Answer.Bytes.Length -gt ${MAX_REPORT} -or $Answer.Text -cnotmatch '^\s*[{"]') {
        return
    }
    $json = (ConvertFrom-JsonText $Answer.Text $false '').Value
    if (Test-FailedWord $json) {
        Stop-Script 'Refused' ((Get-FailureStart $Answer) + 'a failure: ' + (Get-FailureWords $Answer $json) + '. Check the values of the request.')
    }
    if ($json -isnot [System.Collections.IDictionary]) {
        return
    }
    $own = Get-OwnVerdict $json
    $isFailed = $own -in 'failed', 'part' -or ($own -eq 'done' -and (Test-Problem (Get-Part $json 'errorMessage')))
    if ($own -eq '' -and (Test-OnlyFailure $json)) {
        $form = Get-FormVerdict $json
        $isFailed = $form -in 'failed', 'part' -or ($form -eq '' -and (Test-Errors (Get-Part $json ${powershellText(ERRORS)})))
    }
    if ($isFailed) {
        Stop-Script 'Refused' ((Get-FailureStart $Answer) + 'a failure: ' + (Get-FailureWords $Answer $json) + '. Check the values of the request.')
    }
}
`;
