import { REFUSALS, UNPROVEN } from '../api/requestOutcome.ts';

/**
 * How a saved script sends a change and judges the answer: as `writeOutcome()` and `reportedFailure()` judge it for Send
 * (E9). Only compressed data, which the script does not read, proves nothing here.
 */
export const POWERSHELL_CHANGES = String.raw`
# The failure that a success reports, for the whole or for an item of a list. Nothing if it reports none.
function Get-Failure($Json, [bool] $IsMultiStatus) {
    $results = New-Object -TypeName System.Collections.ArrayList
    $lists = New-Object -TypeName System.Collections.ArrayList
    if (Test-FailedWord $Json) {
        [void] $results.Add(@{ Item = $Json; IsFailed = $true })
    } elseif ($Json -is [array]) {
        [void] $lists.Add($Json)
    } elseif ($Json -is [System.Collections.IDictionary]) {
        $isFailed = Test-FailedItem $Json $IsMultiStatus
        if ($null -ne $isFailed) {
            [void] $results.Add(@{ Item = $Json; IsFailed = $isFailed })
        }
        $inner = Get-Part $Json 'result'
        $isInnerFailed = Test-FailedItem $inner $IsMultiStatus
        if ($null -ne $isInnerFailed) {
            [void] $results.Add(@{ Item = $inner; IsFailed = $isInnerFailed })
        }
        $hasErrors = -not $isFailed -and (Test-ErrorList $Json)
        if ($hasErrors) {
            [void] $results.Add(@{ Item = $Json; IsFailed = $true })
        }
        $isReport = (Test-Failed $Json $IsMultiStatus) -or (Test-Failed $inner $IsMultiStatus) -or (Test-OnlyFailure $Json)
        if (($isFailed -or $isInnerFailed -or $hasErrors) -and -not $isReport) {
            # What else came may be what was executed.
            [void] $results.Add(@{ Item = $null; IsFailed = $null })
        }
        foreach ($value in $Json.get_Values()) {
            if ($value -is [array]) {
                [void] $lists.Add($value)
            }
        }
    }
    foreach ($list in $lists) {
        $judged = @(foreach ($item in $list) {
            @{ Item = $item; IsFailed = Test-FailedItem $item $IsMultiStatus }
        })
        if (@($judged | Where-Object { $null -ne $_.IsFailed }).Count -gt 0) {
            $results.AddRange($judged)
        }
    }
    $failed = @($results | Where-Object { $_.IsFailed })
    if ($failed.Count -eq 0) {
        return $null
    }
    $parts = @($failed | Where-Object { Test-PartialSuccess $_.Item })
    return @{ IsWhole = $failed.Count -eq $results.Count -and $parts.Count -eq 0; Item = $failed[0].Item }
}

function Test-Json([string] $Text) {
    return (ConvertFrom-JsonText $Text $false '').Problem -eq ''
}

# Whether an answer proves that a change was executed (known) or refused.
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
        $failure = Get-Failure $json.Value ($status -eq 207)
        if ($failure) {
            $verdict = 'unknown'
            if ($failure.IsWhole) {
                $verdict = 'refused'
            }
            return @{ State = $verdict; Failure = $failure }
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
        Stop-Script 'Unreadable' ('NinjaOne executed ' + $operation + ' and answered ' + $kinds[$read.Kind] + '. The parameter -OutFile would have saved the answer as it came.')
    }
    Write-Answer $read.Value
}
`;
