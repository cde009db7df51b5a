import { ERRORS, FAILED_PARTS, INNER_RESULTS } from '../api/failureForms.ts';
import { MULTI_STATUS } from '../http/statusCodes.ts';
import { REFUSALS, UNPROVEN } from '../api/requestOutcome.ts';
import { powershellText, powershellTexts } from './powershellSnippet.ts';

/**
 * How a saved script sends a change and judges the answer: as `writeOutcome()` and `reportedFailure()` judge it for Send
 * (E9). Only compressed data, which the script does not read, proves nothing here.
 */
export const POWERSHELL_CHANGES = String.raw`
# The results in a success: the answer itself, the result in it, and the lists in it that say of an item whether it failed.
function Get-Results($Json, [bool] $IsMultiStatus) {
    $results = New-Object -TypeName System.Collections.ArrayList
    if (Test-FailedWord $Json) {
        [void] $results.Add(@{ Item = $Json; Verdict = 'failed' })
        return , $results
    }
    if ($Json -is [array]) {
        Add-Items $results $Json $IsMultiStatus
        return , $results
    }
    if ($Json -isnot [System.Collections.IDictionary]) {
        return , $results
    }
    Add-Result $results $Json $IsMultiStatus
    if (Test-Errors (Get-Part $Json ${powershellText(ERRORS)})) {
        [void] $results.Add(@{ Item = $Json; Verdict = 'failed' })
    }
    $judged = New-Object -TypeName System.Collections.ArrayList
    foreach ($resultName in $Json.get_Keys()) {
        $content = $Json[$resultName]
        $count = $results.Count
        if ($content -is [array]) {
            if ($resultName -cne ${powershellText(ERRORS)}) {
                Add-Items $results $content $IsMultiStatus
            }
        } elseif ($resultName -cin ${powershellTexts(INNER_RESULTS)}) {
            Add-Result $results $content $IsMultiStatus
        }
        if ($results.Count -gt $count) {
            [void] $judged.Add($resultName)
        } elseif ($resultName -cin ${powershellTexts(FAILED_PARTS)} -and (Test-Errors $content)) {
            [void] $results.Add(@{ Item = @{ ${ERRORS} = $content }; Verdict = 'part' })
        }
    }
    if (@($results | Where-Object { $_.Verdict -ne 'done' }).Count -gt 0 -and -not (Test-OnlyFailure $Json $judged)) {
        # What else came may be what was executed.
        [void] $results.Add(@{ Item = $null; Verdict = '' })
    }
    return , $results
}

function Add-Result($Results, $Item, [bool] $IsMultiStatus) {
    $verdict = Get-Verdict $Item $IsMultiStatus
    if ($verdict -ne '') {
        [void] $Results.Add(@{ Item = $Item; Verdict = $verdict })
    }
}

function Add-Items($Results, $List, [bool] $IsMultiStatus) {
    $items = @(foreach ($item in $List) {
        @{ Item = $item; Verdict = Get-Verdict $item $IsMultiStatus }
    })
    if (@($items | Where-Object { $_.Verdict -ne '' }).Count -gt 0) {
        $Results.AddRange($items)
    }
}

function Test-Json([string] $Text) {
    return (ConvertFrom-JsonText $Text $false '').Problem -eq ''
}

# Whether a response proves that a change was executed (known) or refused.
function Get-Outcome($Answer) {
    $unknown = @{ State = 'unknown'; Failure = $null }
    $status = $Answer.Status
    $isSuccess = $status -ge 200 -and $status -lt 300
    $isError = $status -ge 400 -and $status -lt 500
    if ((-not $isSuccess -and -not $isError) -or $status -in ${[...UNPROVEN].join(', ')} -or $Answer.IsEncoded -or (Test-Page $Answer)) {
        return $unknown
    }
    $text = $Answer.Text.Trim()
    $json = ConvertFrom-JsonText $text $false ''
    if ($isError) {
        try {
            [void] (New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false, $true).GetString($Answer.Bytes)
        } catch {
            return $unknown
        }
        if ($json.Value -is [System.Collections.IDictionary] -or $status -in ${[...REFUSALS].join(', ')}) {
            return @{ State = 'refused'; Failure = $null }
        }
        return $unknown
    }
    if (-not $Answer.IsFile) {
        $isProof = $text.Length -eq 0 -or $json.Problem -eq '' -or @($text.Split([char] 10) | Where-Object { -not (Test-Json $_) }).Count -eq 0
        if (-not $isProof -or (Test-Busy $Answer)) {
            return $unknown
        }
        $results = Get-Results $json.Value ($status -eq ${MULTI_STATUS})
        $done = @($results | Where-Object { $_.Verdict -eq 'done' })
        $failed = @($results | Where-Object { $_.Verdict -in 'failed', 'part' })
        if ($failed.Count -gt 0) {
            $state = 'unknown'
            if (@($results | Where-Object { $_.Verdict -ne 'failed' }).Count -eq 0) {
                $state = 'refused'
            }
            return @{ State = $state; Failure = $failed[0] }
        }
        if ($status -eq ${MULTI_STATUS} -and ($done.Count -eq 0 -or $done.Count -lt $results.Count)) {
            return $unknown
        }
    }
    return @{ State = 'known'; Failure = $null }
}

# Sends a request that changes data, once. Ends the script unless it was certainly executed.
function Send-Change([string] $Uri, $Content, [string] $ContentType) {
    $session.Token = Get-AccessToken
    $session.Change = $operation
    $answer = Send-Once $method $Uri $Content $ContentType $true
    $session.Change = ''
    Save-Answer $answer
    if (-not $answer.IsSent) {
        Stop-Script 'NotReached' ('NinjaOne was not reached at ' + $Instance + ' (' + $answer.Reason + '). Nothing was changed.')
    }
    $outcome = Get-Outcome $answer
    $read = Read-Answer $answer
    if ($outcome.Failure) {
        $start = Get-FailureStart $answer
        $words = Get-FailureWords $answer $outcome.Failure.Item
        if ($outcome.State -eq 'refused') {
            Stop-Script 'Refused' ($start + 'a failure: ' + $words + '. Check the values of the request.')
        }
        Stop-Script 'Unknown' ($start + 'that a part of ' + $operation + ' failed: ' + $words + '. Check the result in NinjaOne before you run the script again.')
    }
    if ($outcome.State -eq 'refused') {
        Stop-Script 'Refused' ((Get-Refusal $answer) + ' Nothing was changed.')
    }
    if ($outcome.State -eq 'unknown') {
        $why = $answer.Reason
        if ($answer.Status -ge 200 -and $answer.Status -lt 300) {
            $why += ', answered ' + $kinds[$read.Kind]
        }
        Stop-Script 'Unknown' ('It is unknown whether NinjaOne executed ' + $operation + ' (' + $why + '). Check the result in NinjaOne before you run the script again.')
    }
    if ($read.Kind -in 'text', 'cut' -and $read.Value -isnot [string]) {
        $read.Kind = 'lines'
    }
    if ($read.Kind -in 'names', 'failed', 'damaged', 'file', 'lines' -and -not $OutFile) {
        Stop-Script 'Unreadable' ('NinjaOne executed ' + $operation + ' and answered ' + $kinds[$read.Kind] + '. The parameter -OutFile would have saved the response unchanged.')
    }
    Write-Answer $read.Value
}
`;
