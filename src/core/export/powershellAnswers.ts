import { PARTIAL_CONTENT } from '../http/statusCodes.ts';

/** What a saved script does with an answer: the sentences of refusals and outcomes, and the output (E8, E9, E10). */
export const POWERSHELL_ANSWERS = String.raw`
# What a successful response is: encoded, empty, json, names, twice, failed, damaged, page, text, cut, binary or file.
function Read-Answer($Answer, [bool] $IsList) {
    $text = $Answer.Text
    $read = @{ Kind = 'text'; Value = $null; List = '' }
    if ($Answer.IsEncoded) {
        $read.Kind = 'encoded'
    } elseif ($Answer.IsFile) {
        $read.Kind = 'file'
    } elseif ($text.Trim().Length -eq 0) {
        $read.Kind = 'empty'
    } elseif (Test-Page $Answer) {
        $read.Kind = 'page'
    } else {
        try {
            $json = ConvertFrom-JsonText $text (-not $OutFile) $listName
        } catch {
            $read.Kind = 'failed'
            return $read
        }
        $read.Value = $json.Value
        $read.List = $json.List
        if ($json.Problem -eq 'names' -and -not $OutFile) {
            $read.Kind = 'names'
        } elseif ($IsList -and $json.HasTwoLists) {
            $read.Kind = 'twice'
        } elseif ($json.Problem -ne 'syntax' -and $Answer.IsDamaged -and ($IsList -or -not $OutFile)) {
            $read.Kind = 'damaged'
        } elseif ($json.Problem -ne 'syntax' -and $json.Value -isnot [string]) {
            $read.Kind = 'json'
        } elseif ($text -cmatch '^\s*[\[{]') {
            $read.Kind = 'cut'
        } elseif ($Answer.Type -and -not (Test-Match $Answer.Type '^(text/(?!csv)|application/([^;]*\+)?(json|xml))')) {
            $read.Kind = 'binary'
        }
    }
    return $read
}

$kinds = @{
    encoded = 'with compressed data, for which the script did not ask'
    empty = 'without a body'
    page = 'with a web page'
    text = 'with a text'
    binary = 'with data that is no JSON'
    damaged = 'with text that is not valid UTF-8, of which some letters cannot be read'
    cut = 'with JSON that is cut or not valid'
    file = 'with a file'
    json = 'with something else than the list'
    failed = 'with JSON that PowerShell cannot read'
    lines = 'with several lines of JSON'
    twice = 'with its list twice'
    names = 'with names that are empty, reserved or differ only in case, which no object of PowerShell can have'
}

function Get-Refusal($Answer) {
    $hint = 'Check the values.'
    if (Test-Match $Answer.Reason 'user_context_required') {
        $hint = 'Set NINJAONE_ACCESS_TOKEN to the access token of a user.'
    } elseif ($Answer.Status -eq 401 -and -not (Test-Match $Answer.Reason 'privilege')) {
        $hint = 'Check the client app of NINJAONE_CLIENT_ID.'
        if ($env:NINJAONE_ACCESS_TOKEN) {
            $hint = 'Set NINJAONE_ACCESS_TOKEN to a new access token.'
        }
    } elseif ($Answer.Status -in 401, 403) {
        $hint = 'The user or the client app needs the permission and the scope ' + $neededScope + '.'
    } elseif ($Answer.Status -eq 404) {
        $hint = 'Check the values. The instance may not have this operation.'
    } elseif ($Answer.Status -lt 400) {
        $hint = 'Check the parameter Instance.'
    } elseif ($Answer.Status -eq 407) {
        $hint = 'Set the user name and password of the proxy.'
    } elseif ($Answer.Status -eq 429) {
        $hint = 'Run the script later.'
    }
    return 'NinjaOne refused ' + $operation + ' (' + $Answer.Reason + '). ' + $hint
}

function Send-Read([string] $Uri, [string] $Content, [bool] $Repeats) {
    if ($Repeats) {
        return Send-Patiently $method $Uri $Content 'application/json' $true
    }
    return Send-Once $method $Uri $Content 'application/json' $true
}

# Sends a request that changes nothing. Ends the script unless it succeeds.
function Get-Answer([string] $Uri, [string] $Content, [bool] $Repeats) {
    if (-not $session.Token) {
        $session.Token = Get-AccessToken
    }
    $answer = Send-Read $Uri $Content $Repeats
    if ($answer.Status -eq 401 -and $Repeats -and -not $env:NINJAONE_ACCESS_TOKEN) {
        # The token can expire before the last page.
        $session.Token = Get-AccessToken
        $answer = Send-Read $Uri $Content $Repeats
    }
    if (-not $answer.IsSent) {
        Stop-Script 'NotReached' ('NinjaOne was not reached at ' + $Instance + ' (' + $answer.Reason + '). Check the address and the network.')
    }
    if ($answer.Status -eq 0) {
        Stop-Script 'NoAnswer' ('NinjaOne did not answer ' + $operation + ' completely (' + $answer.Reason + '). Run the script again.')
    }
    if (Test-Busy $answer) {
        Stop-Script 'Busy' ('NinjaOne is busy and did not answer ' + $operation + ' (' + $answer.Reason + '). Run the script later.')
    }
    if ($answer.Status -ge 500) {
        Stop-Script 'Failed' ('NinjaOne could not answer ' + $operation + ' (' + $answer.Reason + '). Run the script later.')
    }
    if ($answer.Status -lt 200 -or $answer.Status -ge 300) {
        Stop-Script 'Refused' (Get-Refusal $answer)
    }
    if ($answer.Status -eq ${PARTIAL_CONTENT}) {
        # Nobody asked for a part.
        Stop-Script 'Unreadable' ('NinjaOne answered ' + $operation + ' with a part of the response (${PARTIAL_CONTENT}). Run the script again.')
    }
    Assert-NoFailure $answer
    return $answer
}

function Assert-Answer($Read, [bool] $IsList) {
    $isExpected = -not $IsList -or $Read.Kind -eq 'empty' -or $Read.Value -is [array]
    if ($OutFile -and $isExpected -and $Read.Kind -in 'empty', 'json', 'binary', 'file') {
        return
    }
    if (-not $isExpected -or $Read.Kind -notin 'empty', 'json') {
        $hint = 'The response is not what was asked for.'
        if (-not $OutFile -and $Read.Kind -in 'names', 'failed', 'damaged', 'binary', 'file') {
            $hint = 'With the parameter -OutFile, the script saves the response unchanged.'
        }
        Stop-Script 'Unreadable' ('NinjaOne answered ' + $operation + ' ' + $kinds[$Read.Kind] + '. ' + $hint)
    }
}

# Why a response cannot be saved in a place, or nothing. A pipe or a device would be replaced by a file.
function Get-Obstacle([string] $Provider, [string] $Path) {
    if ($Provider -ne 'FileSystem') {
        return 'it is no path of a file'
    }
    if ([System.IO.Directory]::Exists($Path)) {
        return 'it is a folder'
    }
    if ([System.IO.File]::Exists($Path)) {
        $target = $PSCmdlet.InvokeProvider.Item.Get([string[]] @($Path), $true, $true)[0]
        # Windows has no such members, and refuses to replace a device.
        if ([string] $target.UnixStat.ItemType -eq 'SymbolicLink') {
            $linked = $target.ResolveLinkTarget($true)
            if (-not $linked.Exists) {
                return 'it is a link to nothing'
            }
            $target = $PSCmdlet.InvokeProvider.Item.Get([string[]] @($linked.FullName), $true, $true)[0]
        }
        if ([string] $target.UnixStat.ItemType -in 'NamedPipe', 'Socket', 'BlockDevice', 'CharacterDevice') {
            return 'it is a device or a pipe'
        }
    }
    return ''
}

# Before anything is sent, so that no response is lost.
function Open-OutFile {
    if (-not $OutFile) {
        return
    }
    try {
        $provider = $null
        $drive = $null
        $session.Target = $PSCmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutFile, [ref] $provider, [ref] $drive)
        $problem = Get-Obstacle $provider.Name $session.Target
        if (-not $problem) {
            $part = $session.Target + '.part'
            for ($number = 2; [System.IO.File]::Exists($part) -or [System.IO.Directory]::Exists($part); $number++) {
                $part = $session.Target + '.' + $number + '.part'
            }
            $session.Stream = [System.IO.File]::Open($part, 'CreateNew', 'Write')
            $session.Part = $part
        }
    } catch {
        $problem = Get-Line $_.Exception.GetBaseException().Message
    }
    if ($problem) {
        Stop-Script 'OutFile' ('The file ' + $OutFile + ' cannot be written (' + $problem + '). Nothing was sent.')
    }
}

function Save-Answer($Answer) {
    if ($session.Stream -and -not $session.Problem) {
        try {
            $session.Stream.Write($Answer.Bytes, 0, $Answer.Bytes.Length)
            $session.Stream.Flush()
        } catch {
            # The answer still says what became of a change.
            $session.Problem = Get-Line $_.Exception.GetBaseException().Message
        }
    }
}

function Complete-OutFile {
    if (-not $session.Stream) {
        return
    }
    try {
        if (-not $session.Problem) {
            $session.Stream.Dispose()
            $isFile = [System.IO.File]::Exists($session.Target)
            if ($isFile -and ([System.IO.File]::GetAttributes($session.Target) -band [System.IO.FileAttributes]::ReparsePoint)) {
                # A link stays one.
                [System.IO.File]::Copy($session.Part, $session.Target, $true)
                [System.IO.File]::Delete($session.Part)
            } else {
                if ($isFile) {
                    [System.IO.File]::Delete($session.Target)
                }
                [System.IO.File]::Move($session.Part, $session.Target)
            }
        }
    } catch {
        $session.Problem = Get-Line $_.Exception.GetBaseException().Message
    }
    if ($session.Problem) {
        $session.Stream.Dispose()
        $session.Stream = $null
        Stop-Script 'OutFile' ('NinjaOne executed ' + $operation + ', but the file ' + $OutFile + ' cannot be written (' + $session.Problem + '). What came is in ' + $session.Part + '.')
    }
    $session.Stream = $null
}

# What is not complete keeps the name that ends with .part.
function Close-Script {
    if ($session.Change) {
        # After Ctrl+C, this is the only way to say something.
        $Host.UI.WriteWarningLine('It is unknown whether NinjaOne executed ' + $session.Change + '. Check the result in NinjaOne before you run the script again.')
    }
    if ($session.Stream) {
        $isEmpty = $session.Stream.Length -eq 0
        $session.Stream.Dispose()
        if ($isEmpty) {
            [System.IO.File]::Delete($session.Part)
        }
    }
    $client.Dispose()
}

# Outputs the items of a list one by one.
function Write-Answer($Value) {
    if ($OutFile -or $null -eq $Value) {
        return
    }
    if ($Value -is [array]) {
        foreach ($item in $Value) {
            $PSCmdlet.WriteObject($item, $false)
        }
    } else {
        $PSCmdlet.WriteObject($Value, $false)
    }
}
`;
