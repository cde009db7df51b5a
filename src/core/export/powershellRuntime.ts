/**
 * The part of a saved script that is the same for all operations: sentences, sign-in, one exchange, and JSON. Uses only
 * what Windows PowerShell 5.1 and PowerShell 7 both have, and reads answers as bytes, because their own readers of JSON
 * differ: dates, decimals, the code page, the size, and the case of names (E10). An escape with a brace after the `u` would
 * end the search for texts to translate.
 */
export const POWERSHELL_RUNTIME = String.raw`
$ErrorActionPreference = 'Stop'
Set-StrictMode -Off
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
Add-Type -AssemblyName 'System.Net.Http'

$started = $MyInvocation
# Set at each start, because a script that is dot-sourced keeps the variables of the last run.
$session = @{ Token = ''; Secrets = @(); Count = 0; Stream = $null; Part = ''; Target = ''; Problem = ''; Change = '' }

# Ends the script with one message and, in a task, with exit code 1. What was output before stays.
function Stop-Script([string] $ErrorId, [string] $Message) {
    if ($session.Count -gt 0) {
        $Message = 'The list is incomplete after ' + $session.Count + ' items. ' + $Message
    }
    if ($session.Stream -and $session.Stream.Length -gt 0) {
        $Message += ' What came is in ' + $session.Part + '.'
    }
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Message
    $record = New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $exception, $ErrorId, 'NotSpecified', $null
    if (-not $started.Line) {
        # Nothing follows the script in this process, so the message can be in one line.
        $PSCmdlet.ThrowTerminatingError($record)
    }
    # Also ends a script that called this one, so that it does not continue with an incomplete list.
    throw $record
}

# A script without such a parameter runs once, whatever comes, also if nothing comes.
if ($started.ExpectingInput) {
    Stop-Script 'Pipeline' 'The script takes no values from a pipeline. Nothing was sent. Run it once for each value, with ForEach-Object.'
}

# Operators of PowerShell ignore case as the region of the computer does. In Turkish, an I is no i.
$anyCase = 'IgnoreCase, CultureInvariant'
function Test-Match([string] $Text, [string] $Pattern) {
    return [regex]::IsMatch($Text, $Pattern, $anyCase)
}

if (-not (Test-Match $Instance '^(https://[^/?#@\s]+|http://(127\.0\.0\.1|localhost):\d+)$')) {
    Stop-Script 'Instance' 'The parameter Instance must be the https address of NinjaOne without a path, such as https://eu.ninjarmm.com.'
}

$handler = New-Object -TypeName System.Net.Http.HttpClientHandler
$handler.AllowAutoRedirect = $false
$handler.UseCookies = $false
$client = New-Object -TypeName System.Net.Http.HttpClient -ArgumentList $handler
$client.Timeout = [TimeSpan]::FromMinutes(5)
$utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false

# One line without secrets, for a message.
function Get-Line([string] $Text) {
    $forms = foreach ($secret in @($session.Token, $env:NINJAONE_ACCESS_TOKEN, $env:NINJAONE_CLIENT_SECRET) + $session.Secrets) {
        if ($secret -and $secret.Length -le 8000) {
            # As it is, in JSON of two kinds, in an address, and in a form.
            $json = $secret.Replace('\', '\\').Replace('"', '\"')
            $encoded = [uri]::EscapeDataString($secret)
            $secret, $json, $encoded, $encoded.Replace('%20', '+')
            -join @(foreach ($letter in $json.ToCharArray()) { if ($letter -lt 127) { $letter } else { '{0}u{1:x4}' -f [char] 92, [int] $letter } })
        }
    }
    foreach ($form in @($forms | Sort-Object -Property Length -Descending)) {
        # The rest of the words would show a very short secret.
        if ($form.Length -lt 3 -and $Text.IndexOf($form, [StringComparison]::OrdinalIgnoreCase) -ge 0) {
            return '***'
        }
        $Text = [regex]::Replace($Text, [regex]::Escape($form), '***', $anyCase)
    }
    $line = ($Text -creplace '[\s\p{C}]+', ' ').Trim().TrimEnd('.')
    return $line.Substring(0, [math]::Min(200, $line.Length))
}

# JSON is UTF-8, whatever its type says, unless its bytes are not.
function Read-Text($Answer) {
    $Answer.Text = $utf8.GetString($Answer.Bytes).TrimStart([char] 0xFEFF)
    try {
        [void] (New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false, $true).GetString($Answer.Bytes)
    } catch {
        $Answer.IsDamaged = $true
    }
    $charset = [regex]::Match($Answer.Type, 'charset="?([\w-]+)', $anyCase).Groups[1].Value
    if ($charset -and -not (Test-Match $charset '^utf-?8$')) {
        if (Test-Match $charset '^(iso-?8859-1|latin1|us-ascii)$') {
            # As browsers do, which take the one for the other.
            $charset = 'windows-1252'
        }
        if ($Answer.IsDamaged -or $Answer.Text -cnotmatch '^\s*[\[{]' -or $Answer.Bytes[0..3] -contains 0) {
            try {
                $Answer.Text = [System.Text.Encoding]::GetEncoding($charset).GetString($Answer.Bytes).TrimStart([char] 0xFEFF)
                $Answer.IsDamaged = $false
            } catch {
                # This computer does not know the charset.
                $Answer.IsDamaged = $true
            }
        }
    }
}

$proxyPassword = '407: a proxy requires a user name and password, which PowerShell 7 takes from the environment variable HTTPS_PROXY, such as http://user:password@proxy:8080'

# Sends one request, once. Does not throw for an error of the server or the network.
function Send-Once([string] $Method, [string] $Uri, $Content, [string] $ContentType, [bool] $SignedIn) {
    $request = New-Object -TypeName System.Net.Http.HttpRequestMessage -ArgumentList (New-Object -TypeName System.Net.Http.HttpMethod -ArgumentList $Method), $Uri
    [void] $request.Headers.TryAddWithoutValidation('Accept', '@ACCEPT@')
    # .NET takes the beginning of compressed data for all of it.
    [void] $request.Headers.TryAddWithoutValidation('Accept-Encoding', 'identity')
    $request.Headers.ExpectContinue = $false
    if ($SignedIn) {
        [void] $request.Headers.TryAddWithoutValidation('Authorization', 'Bearer ' + $session.Token)
    }
    if ($Content -isnot [byte[]]) {
        $Content = $utf8.GetBytes([string] $Content)
    }
    # .NET sends a request without content again by itself when the connection closes, so even an empty body is one.
    if ($Content.Length -gt 0 -or $Method -ne 'GET') {
        $request.Content = New-Object -TypeName System.Net.Http.ByteArrayContent -ArgumentList @(, $Content)
    }
    if ($Content.Length -gt 0) {
        [void] $request.Content.Headers.TryAddWithoutValidation('Content-Type', $ContentType)
    }
    $answer = @{ Status = 0; Bytes = [byte[]] @(); Text = ''; Type = ''; IsFile = $false; IsDamaged = $false; IsEncoded = $false; Wait = $null; IsSent = $true; Reason = ''; Value = $null; Link = ''; TotalCount = '' }
    try {
        $task = $client.SendAsync($request)
        # Ctrl+C works between two waits.
        while (-not $task.Wait(200)) { }
        $response = $task.Result
        $answer.Bytes = $response.Content.ReadAsByteArrayAsync().Result
    } catch {
        for ($cause = $_.Exception; $cause; $cause = $cause.InnerException) {
            $answer.Reason = Get-Line $cause.Message
            $failure = ''
            if ([string] $cause.HttpRequestError -eq 'ProxyTunnelError' -and $answer.Reason -cmatch '\b407\b') {
                # A proxy that wants a password has passed nothing on.
                $answer.IsSent = $false
                $answer.Reason = $proxyPassword
                break
            }
            if ($cause -is [Net.WebException]) {
                $failure = [string] $cause.Status
            } elseif ($cause -is [Net.Sockets.SocketException]) {
                $failure = [string] $cause.SocketErrorCode
            } elseif ($cause -is [System.Security.Authentication.AuthenticationException]) {
                $failure = 'TrustFailure'
            } elseif ($cause -is [OperationCanceledException]) {
                $answer.Reason = 'no response within five minutes'
                break
            }
            if ($failure -in 'NameResolutionFailure', 'ProxyNameResolutionFailure', 'ConnectFailure', 'TrustFailure', 'SecureChannelFailure', 'ConnectionRefused', 'HostNotFound', 'NoData', 'TryAgain', 'NetworkUnreachable', 'HostUnreachable') {
                $answer.IsSent = $false
            }
        }
        return $answer
    } finally {
        $request.Dispose()
    }
    $answer.Status = [int] $response.StatusCode
    $answer.IsEncoded = $answer.Status -ne 204 -and ($response.Content.Headers.ContentEncoding -join '') -notin '', 'identity'
    $answer.Type = [string] $response.Content.Headers.ContentType
    if (-not $answer.IsEncoded) {
        Read-Text $answer
    }
    $answer.IsFile = Test-Match ($response.Content.Headers.ToString()) '(?m)^content-disposition:\s*(attachment\s*(;|\r?$)|[^\r\n]*filename\*?\s*=)'
    if ($response.Headers.Contains('Link')) {
        $answer.Link = $response.Headers.GetValues('Link') -join ', '
    }
    if ($response.Headers.Contains('X-Total-Count')) {
        $answer.TotalCount = ($response.Headers.GetValues('X-Total-Count') -join ', ').Trim()
    }
    $retryAfter = $response.Headers.RetryAfter
    if ($retryAfter -and $null -ne $retryAfter.Delta) {
        $answer.Wait = $retryAfter.Delta.TotalSeconds
    } elseif ($retryAfter -and $null -ne $retryAfter.Date) {
        $answer.Wait = ($retryAfter.Date - [DateTimeOffset]::UtcNow).TotalSeconds
    } elseif ($response.Headers.Contains('Retry-After') -and ([string] $response.Headers.GetValues('Retry-After')) -cmatch '^\d{1,9}\.\d+$') {
        $answer.Wait = [double]::Parse($Matches[0], [cultureinfo]::InvariantCulture)
    }
    $answer.Reason = [string] $answer.Status
    if ($answer.Status -eq 407) {
        $answer.Reason = $proxyPassword
    }
    if ($answer.Status -ge 300 -and $answer.Status -lt 400 -and $response.Headers.Location) {
        $answer.Reason += ', redirected to ' + (Get-Line $response.Headers.Location.OriginalString)
    }
    foreach ($memberName in 'error', 'resultCode', 'errorCode', 'error_description', 'errorMessage', 'message') {
        $found = [regex]::Match($answer.Text, '"' + $memberName + '"\s*:\s*"((?:[^"\\]|\\.)+)"', $anyCase)
        if ($answer.Status -ge 400 -and $found.Success) {
            $answer.Reason += ', ' + (Get-Line $found.Groups[1].Value)
        }
    }
    return $answer
}

function Test-Page($Answer) {
    if ($Answer.IsFile) {
        return $false
    }
    return (Test-Match $Answer.Text '^(?:\s|<\?xml\b[^>]*>|<!--(?:[^-]|-(?!->))*-->)*<(?:!doctype html|html|head|meta|body)\b') -or ((Test-Match $Answer.Type 'html') -and $Answer.Text -cmatch '^\s*<')
}

# NinjaOne also says it is busy with a web page, a text, or a JSON string, with any status.
function Test-Busy($Answer) {
    if ($Answer.Status -eq 429 -or $Answer.Status -eq 503) {
        return $true
    }
    if ($Answer.Status -eq 0 -or $Answer.IsFile -or $Answer.Text -cmatch '^\s*[\[{]') {
        return $false
    }
    # Longer texts are about something else.
    $text = $Answer.Text.Substring(0, [math]::Min(65536, $Answer.Text.Length))
    return ($Answer.Bytes.Length -le @SENTENCE@ -or (Test-Page $Answer)) -and (Test-Match $text '@THROTTLED@')
}

# Waits while NinjaOne is busy, as long as it asks for, and sends the request again. Only for requests that change nothing.
function Send-Patiently([string] $Method, [string] $Uri, [string] $Content, [string] $ContentType, [bool] $SignedIn) {
    for ($attempt = 1; ; $attempt++) {
        $answer = Send-Once $Method $Uri $Content $ContentType $SignedIn
        if ($attempt -ge 4 -or -not (Test-Busy $answer)) {
            return $answer
        }
        $seconds = [math]::Pow(2, $attempt - 1)
        if ($null -ne $answer.Wait) {
            # With a whole number among the two, PowerShell drops the fraction of the other.
            $seconds = [math]::Min(300.0, [math]::Max(@PAUSE@ / 1000.0, $answer.Wait))
        }
        Write-Verbose ('NinjaOne is busy. The request is sent again in ' + [math]::Ceiling($seconds) + ' seconds.')
        for ($left = $seconds; $left -gt 0; $left--) {
            Write-Progress -Activity 'NinjaOne is busy' -Status 'Waiting, then the request is sent again' -SecondsRemaining ([math]::Ceiling($left))
            Start-Sleep -Milliseconds ([int] (1000 * [math]::Min(1.0, $left)))
        }
        Write-Progress -Activity 'NinjaOne is busy' -Completed
    }
}

function Join-Pairs($Pairs) {
    $texts = foreach ($pair in $Pairs) {
        [uri]::EscapeDataString($pair.Name) + '=' + [uri]::EscapeDataString([string] $pair.Value)
    }
    return $texts -join '&'
}

function Get-AccessToken {
    if ($env:NINJAONE_ACCESS_TOKEN) {
        if ($env:NINJAONE_ACCESS_TOKEN -cnotmatch '^[\x21-\x7e]+\z') {
            Stop-Script 'SignIn' 'The environment variable NINJAONE_ACCESS_TOKEN contains characters that no token has.'
        }
        return $env:NINJAONE_ACCESS_TOKEN
    }
    if (-not $env:NINJAONE_CLIENT_ID -or -not $env:NINJAONE_CLIENT_SECRET) {
        Stop-Script 'SignIn' 'Set the environment variable NINJAONE_ACCESS_TOKEN, or both NINJAONE_CLIENT_ID and NINJAONE_CLIENT_SECRET.'
    }
    $form = Join-Pairs @(
        @{ Name = 'grant_type'; Value = 'client_credentials' }
        @{ Name = 'client_id'; Value = $env:NINJAONE_CLIENT_ID }
        @{ Name = 'client_secret'; Value = $env:NINJAONE_CLIENT_SECRET }
        @{ Name = 'scope'; Value = $neededScope }
    )
    $answer = Send-Patiently 'POST' ($Instance + '/ws/oauth/token') $form 'application/x-www-form-urlencoded' $false
    if ($answer.Status -eq 0) {
        Stop-Script 'NotReached' ('NinjaOne did not answer the sign-in at ' + $Instance + ' (' + $answer.Reason + ').')
    }
    if ($answer.Status -eq 404) {
        Stop-Script 'SignIn' ($Instance + ' does not know the client app (' + $answer.Reason + '). Check NINJAONE_CLIENT_ID and the parameter Instance.')
    }
    if (Test-Match $answer.Reason 'invalid_scope') {
        Stop-Script 'SignIn' ('The client app may not use the scope ' + $neededScope + ' (' + $answer.Reason + '). Add it to the client app in NinjaOne.')
    }
    if ($answer.Status -in 400, 401, 403) {
        Stop-Script 'SignIn' ($Instance + ' refused the client app (' + $answer.Reason + '). Check NINJAONE_CLIENT_ID and NINJAONE_CLIENT_SECRET. The platform of the app must be API Services.')
    }
    $value = Get-Part (ConvertFrom-JsonText $answer.Text $false '').Value 'access_token'
    if ($answer.Status -ne 200 -or $value -isnot [string] -or $value -cnotmatch '^[\x21-\x7e]+\z') {
        Stop-Script 'SignIn' ('NinjaOne did not issue an access token at ' + $Instance + ' (' + $answer.Reason + ').')
    }
    return $value
}
`;
