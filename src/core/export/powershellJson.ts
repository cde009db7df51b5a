/**
 * Strict JSON, the same values in both PowerShells: texts stay texts, whole numbers are `long`, others `decimal`, and a
 * number with more digits than that stays text. `Problem` is `syntax`, or `names` if an object of PowerShell
 * cannot have the names. `List` is the text of the value, or of the member with the list.
 */
export const POWERSHELL_JSON = String.raw`
$jsonText = '"((?>[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"'
$jsonValue = New-Object -TypeName regex -ArgumentList ('\G[\x20\t\r\n]*(?:' + $jsonText + '[\x20\t\r\n]*:[\x20\t\r\n]*)?(?:' + $jsonText + '|([\[\]{}]|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null))[\x20\t\r\n]*(,?)')

# PowerShell refuses these as members, or takes them for something else.
$reservedNames = 'psobject', 'psbase', 'psadapted', 'psextended', 'pstypenames', 'pstypename'
$noDigits = [char[]] '.eE'
$exponents = [char[]] 'eE'
$numberStyle = [System.Globalization.NumberStyles]::Float
$invariant = [cultureinfo]::InvariantCulture
$backslash = [char] 92

function ConvertFrom-JsonText([string] $Text, [bool] $AsObjects, [string] $List) {
    $result = @{ Problem = 'syntax'; Value = $null; List = ''; HasTwoLists = $false }
    $outer = New-Object -TypeName System.Collections.Stack
    $container = $null
    $isObject = $false
    $hasNames = $true
    $hasComma = $false
    $isFirst = $true
    $key = ''
    $long = [long] 0
    $at = 0
    while ($true) {
        $match = $jsonValue.Match($Text, $at)
        if (-not $match.Success) {
            return $result
        }
        $groups = $match.Groups
        $at += $match.Length
        $isNamed = $groups[1].Success
        $word = $groups[3].Value
        if ($word -eq '}' -or $word -eq ']') {
            if ($isNamed -or $hasComma -or $null -eq $container -or $isObject -ne ($word -eq '}')) {
                return $result
            }
            if (-not $isObject) {
                $value = $container.ToArray()
            } elseif ($AsObjects -and $hasNames) {
                $value = [pscustomobject] $container
            } else {
                $value = $container
            }
            $container, $isObject, $key, $start = $outer.Pop()
            if (($outer.Count -eq 0 -and $word -eq ']') -or ($outer.Count -eq 1 -and $List -and $key -ceq $List)) {
                $result.List = $Text.Substring($start, $groups[3].Index + 1 - $start)
            }
        } else {
            if ((-not $isFirst -and -not $hasComma) -or $isObject -ne $isNamed) {
                return $result
            }
            if ($isNamed) {
                $memberName = $groups[1].Value
                if ($memberName.IndexOf($backslash) -ge 0) {
                    $memberName = [regex]::Unescape($memberName)
                }
                if ($List -and $outer.Count -eq 1 -and $memberName -ceq $List -and $container.Contains($memberName)) {
                    $result.HasTwoLists = $true
                }
                if ($AsObjects -and ($memberName.Length -eq 0 -or $memberName -in $reservedNames -or $container.Contains($memberName))) {
                    $hasNames = $false
                }
            }
            if ($word -eq '{' -or $word -eq '[') {
                if ($groups[4].Length -gt 0) {
                    return $result
                }
                $outer.Push(@($container, $isObject, $memberName, $groups[3].Index))
                $isObject = $word -eq '{'
                if (-not $isObject) {
                    $container = New-Object -TypeName System.Collections.ArrayList
                } elseif ($AsObjects) {
                    $container = New-Object -TypeName System.Collections.Specialized.OrderedDictionary -ArgumentList ([StringComparer]::OrdinalIgnoreCase)
                } else {
                    $container = New-Object -TypeName System.Collections.Specialized.OrderedDictionary -ArgumentList ([StringComparer]::Ordinal)
                }
                $isFirst = $true
                $hasComma = $false
                continue
            }
            $key = $memberName
            if ($groups[2].Success) {
                $value = $groups[2].Value
                if ($value.IndexOf($backslash) -ge 0) {
                    $value = [regex]::Unescape($value)
                }
            } elseif ($word -eq 'true') {
                $value = $true
            } elseif ($word -eq 'false') {
                $value = $false
            } elseif ($word -eq 'null') {
                $value = $null
            } elseif ($word.Length -le 18 -and $word.IndexOfAny($noDigits) -lt 0) {
                $value = [long] $word
            } elseif ($word.IndexOfAny($noDigits) -lt 0) {
                # ConvertTo-Json would write a decimal with another digit, and Windows PowerShell writes no larger number.
                $value = $word
                if ([long]::TryParse($word, $numberStyle, $invariant, [ref] $long)) {
                    $value = $long
                }
            } elseif ($word.Length -le 28 -and $word.IndexOfAny($exponents) -lt 0) {
                $value = [decimal]::Parse($word, $numberStyle, $invariant)
            } else {
                $value = ConvertFrom-NumberText $word
            }
        }
        $hasComma = $groups[4].Length -gt 0
        $isFirst = $false
        if ($null -eq $container) {
            if ($at -eq $Text.Length -and -not $hasComma) {
                $result.Value = $value
                $result.Problem = ''
                if (-not $hasNames) {
                    $result.Problem = 'names'
                }
            }
            return $result
        }
        if ($isObject) {
            $container[$key] = $value
        } else {
            [void] $container.Add($value)
        }
    }
}

function ConvertFrom-NumberText([string] $Text) {
    $digits, $power = $Text -csplit '[eE]'
    $whole, $fraction = $digits.TrimStart('-') -csplit '\.'
    if ($Text.Length -le 40 -and $power.Length -le 5 -and ($whole + $fraction).TrimStart('0').Length -le 28 -and $fraction.Length - [int] $power -le 28 -and $whole.Length + [int] $power -le 28) {
        return [decimal]::Parse($Text, $numberStyle, $invariant)
    }
    return $Text
}

# Whether an object has a member, of which the object before has a member, and so on.
function Test-Part($Object, [string[]] $Path) {
    foreach ($memberName in $Path) {
        if ($Object -is [System.Collections.IDictionary]) {
            $found = $Object.Contains($memberName)
        } else {
            $found = $Object -is [System.Management.Automation.PSCustomObject] -and @($Object.PSObject.Properties | Where-Object { $_.Name -ceq $memberName }).Count -gt 0
        }
        if (-not $found) {
            return $false
        }
        $Object = Get-Part $Object $memberName
    }
    return $true
}

# A member of an object, or nothing.
function Get-Part($Object, [string] $MemberName) {
    if ($Object -is [System.Collections.IDictionary]) {
        return , $Object[$MemberName]
    }
    if ($Object -is [System.Management.Automation.PSCustomObject]) {
        $member = $Object.PSObject.Properties[$MemberName]
        if ($member -and $member.Name -ceq $MemberName) {
            return , $member.Value
        }
    }
    return $null
}
`;
