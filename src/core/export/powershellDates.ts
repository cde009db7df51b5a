import { COMPACT_DATE } from '../catalog/dateParameters.ts';

/**
 * The function of a saved script that writes a date in the form of the operation, from what the explorer takes for one
 * (`readDate()`, E5) and from the dates of PowerShell. Between 1973 and 5138, seconds and milliseconds cannot be confused.
 */
export const POWERSHELL_DATES = String.raw`
function ConvertTo-Date($Value, [string] $Format, [string] $Option) {
    $epoch = New-Object -TypeName DateTimeOffset -ArgumentList 1970, 1, 1, 0, 0, 0, ([TimeSpan]::Zero)
    $text = ([string] $Value).Trim()
    $moment = $epoch
    if ($Value -is [datetime]) {
        $moment = $epoch.Add($Value.ToUniversalTime() - $epoch.UtcDateTime)
    } elseif ($Value -is [DateTimeOffset]) {
        $moment = $Value
    } elseif ($text -cmatch '${COMPACT_DATE.source.replaceAll(String.raw`\d`, '[0-9]')}') {
        # A date without marks between its parts, which as milliseconds is centuries away.
        $moment = $epoch
    } elseif ($text -cmatch '^[0-9]{9,14}$') {
        $milliseconds = [long] $text
        if ($milliseconds -lt 100000000000 -and $Format -ne 'epochMilliseconds') {
            $moment = $epoch.AddSeconds($milliseconds)
        } elseif ($milliseconds -ge 100000000000 -and $Format -ne 'epochSeconds') {
            $moment = $epoch.AddMilliseconds($milliseconds)
        }
    } elseif ($text -cmatch '^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)((?<=:\d\d:\d\d)[.,]\d{1,9})?)?(?:([Zz])|([+-]\d\d)(?::?(\d\d))?)?$') {
        $time = '00:00'
        if ($Matches[2]) {
            $time = $Matches[2]
        }
        if ($Matches[3]) {
            $time += '.' + $Matches[3].Substring(1, [math]::Min(3, $Matches[3].Length - 1))
        }
        $zone = ([string] $Matches[4]).ToUpperInvariant()
        if ($Matches[5]) {
            $zone = $Matches[5] + ':' + ([string] $Matches[6]).PadLeft(2, '0')
        }
        # Without an offset, it is local; of an hour that comes twice, the first one. An hour that the clock skips has the
        # offset before it, as in JavaScript. .NET takes neither for what it is in every time zone.
        $isDateRead = [DateTimeOffset]::TryParse($Matches[1] + 'T' + $time + $zone, $invariant, 'AssumeLocal', [ref] $moment)
        if ($isDateRead -and -not $zone -and $moment.Year -gt 1 -and $moment.Year -lt 9999) {
            $wallClock = $moment.DateTime
            $zonedMoments = @(foreach ($dayShift in -1, 1) {
                $nearUtc = New-Object -TypeName DateTimeOffset -ArgumentList $wallClock.AddDays($dayShift), ([TimeSpan]::Zero)
                New-Object -TypeName DateTimeOffset -ArgumentList $wallClock, ([TimeZoneInfo]::Local.GetUtcOffset($nearUtc))
            })
            $existingMoments = @($zonedMoments | Where-Object { [TimeZoneInfo]::Local.GetUtcOffset($_) -eq $_.Offset })
            $moment = ($existingMoments + $zonedMoments)[0]
        }
    }
    $elapsed = ($moment - $epoch).TotalMilliseconds
    if ($elapsed -lt 100000000000 -or $elapsed -ge 100000000000000) {
        Stop-Script 'Value' ('The parameter ' + $Option + ' must be a date, such as 2025-06-30 or 2025-06-30T08:00Z. Nothing was sent.')
    }
    switch ($Format) {
        'epochSeconds' { return [string] [long] [math]::Floor($elapsed / 1000) }
        'epochMilliseconds' { return [string] [long] [math]::Floor($elapsed) }
        'iso' { return $moment.UtcDateTime.ToString('yyyy-MM-ddTHH:mm:ss.fffZ', $invariant) }
    }
    return $moment.LocalDateTime.ToString('yyyy-MM-dd', $invariant)
}
`;
