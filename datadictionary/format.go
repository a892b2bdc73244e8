package datadictionary

import (
	"encoding/base64"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
)

// Format is a rule on the text of a value.
type Format struct {
	ID         string // published id, such as DF.COM.STRING.01; empty where none is published
	Name       string
	Label      string
	Definition string
	Advisory   bool // recommended, not required
	Notes      []string

	check func(string) fit
}

// fit is how well a text meets a format.
type fit int

const (
	fits   fit = iota
	nearly     // accepted and noted: published texts differ on it
	misses
)

// formatChecks has one entry for each format that formats.yaml may name.
var formatChecks = map[string]func(string) fit{
	"date_time":         dateTime,
	"date_or_date_time": dateOrDateTime,
	"phone_number":      pattern(`^\+[1-9][0-9]{6,14}$`),
	"email":             email,
	"currency":          currencyAmount,
	"country":           country,
	"language":          languageTag,
	"count":             count,
	"latitude":          degrees(90),
	"longitude":         degrees(180),
	"plus_code":         pattern(`^[23456789CFGHJMPQRVWX]{8}\+([23456789CFGHJMPQRVWX]{2,})?$`),
	"geo_points":        pattern(`^` + point + `(\s+` + point + `)+$`),
	"geo_circle":        pattern(`^` + point + `[\s,]+[0-9]+(\.[0-9]+)?$`),
	"base64":            base64Text,
}

const point = `-?[0-9]{1,3}(\.[0-9]+)?[\s,]+-?[0-9]{1,3}(\.[0-9]+)?`

func pattern(expression string) func(string) fit {
	compiled := regexp.MustCompile(expression)
	return func(s string) fit { return fitIf(compiled.MatchString(s)) }
}

func fitIf(ok bool) fit {
	if ok {
		return fits
	}
	return misses
}

// dateTime is RFC 3339 date-time. Without an offset it nearly fits: the published text asks
// for a time zone, and its example has none.
func dateTime(s string) fit {
	if len(s) < len("2006-01-02T15:04:05") || (s[10] != 'T' && s[10] != 't') || fullDate(s[:10]) != fits {
		return misses
	}
	clock, rest := s[11:19], s[19:]
	hour, minute, second, ok := clockParts(clock)
	// RFC 3339 allows the 60th second for leap seconds.
	if !ok || hour > 23 || minute > 59 || second > 60 {
		return misses
	}
	if strings.HasPrefix(rest, ".") {
		digits := len(rest[1:]) - len(strings.TrimLeft(rest[1:], "0123456789"))
		if digits == 0 {
			return misses
		}
		rest = rest[1+digits:]
	}
	switch {
	case rest == "":
		return nearly
	case rest == "Z" || rest == "z":
		return fits
	case len(rest) == 6 && (rest[0] == '+' || rest[0] == '-'):
		hour, minute, _, ok := clockParts(rest[1:] + ":00")
		return fitIf(ok && hour <= 23 && minute <= 59)
	}
	return misses
}

func dateOrDateTime(s string) fit {
	if len(s) == len(time.DateOnly) {
		return fullDate(s)
	}
	return dateTime(s)
}

// fullDate is RFC 3339 full-date of a day that exists.
func fullDate(s string) fit {
	_, err := time.Parse(time.DateOnly, s)
	return fitIf(err == nil)
}

// clockParts reads hh:mm:ss.
func clockParts(s string) (hour, minute, second int, ok bool) {
	if len(s) != 8 || s[2] != ':' || s[5] != ':' {
		return 0, 0, 0, false
	}
	var parts [3]int
	for i := range parts {
		high, low := s[3*i], s[3*i+1]
		if high < '0' || high > '9' || low < '0' || low > '9' {
			return 0, 0, 0, false
		}
		parts[i] = int(high-'0')*10 + int(low-'0')
	}
	return parts[0], parts[1], parts[2], true
}

// email is an addr-spec (RFC 5322): no display name, no angle brackets, no comment around it.
func email(s string) fit {
	address, err := mail.ParseAddress(s)
	if err != nil || address.Name != "" || strings.ContainsAny(s, "<>") {
		return misses
	}
	return fitIf(strings.TrimSpace(s) == s)
}

// currencyAmount is an ISO 4217 code, alone or with an amount after it.
func currencyAmount(s string) fit {
	code, amount, found := strings.Cut(s, " ")
	if len(code) != 3 || strings.ToUpper(code) != code || (found && !decimalText.MatchString(amount)) {
		return misses
	}
	_, err := currency.ParseISO(code)
	return fitIf(err == nil)
}

func country(s string) fit {
	if (len(s) != 2 && len(s) != 3) || strings.ToUpper(s) != s {
		return misses
	}
	region, err := language.ParseRegion(s)
	return fitIf(err == nil && region.IsCountry())
}

func languageTag(s string) fit {
	_, err := language.Parse(s)
	return fitIf(err == nil)
}

func count(s string) fit { return fitIf(!strings.HasPrefix(s, "-") || strings.Trim(s, "-0.") == "") }

func degrees(limit float64) func(string) fit {
	return func(s string) fit {
		value, err := strconv.ParseFloat(s, 64)
		return fitIf(err == nil && value >= -limit && value <= limit)
	}
}

func base64Text(s string) fit {
	_, err := base64.StdEncoding.DecodeString(s)
	return fitIf(err == nil)
}
