package scheme

import (
	"fmt"
	"strings"
	"time"
)

// Day is a day of the calendar. What is decided on a day does not depend on a clock or a zone.
type Day struct {
	Year  int
	Month time.Month
	Date  int
}

// ParseDay reads YYYY-MM-DD; the error is ErrDay.
func ParseDay(text string) (Day, error) {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Day{}, ErrDay
	}
	return DayOf(at), nil
}

// DayOf is the day of a moment, in the moment's own zone.
func DayOf(at time.Time) Day {
	year, month, date := at.Date()
	return Day{year, month, date}
}

// dayIn is the day that a date or a date-time of a record names, as it is written there.
func dayIn(text string) (Day, bool) {
	const length = len(time.DateOnly)
	if len(text) < length || len(text) > length && !strings.ContainsAny(text[length:length+1], "Tt ") {
		return Day{}, false
	}
	day, err := ParseDay(text[:length])
	return day, err == nil
}

// String is YYYY-MM-DD.
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Date) }

// Compare is negative where d is before other, positive where it is after.
func (d Day) Compare(other Day) int {
	return strings.Compare(d.String(), other.String())
}

// Add is the day that many days later; the calendar is the Gregorian.
func (d Day) Add(years, months, days int) Day {
	return DayOf(time.Date(d.Year, d.Month, d.Date, 0, 0, 0, 0, time.UTC).AddDate(years, months, days))
}

// Age is the full years from a birth to the day. Who was born on 29 February becomes older on 1 March in
// a year that has no such day. It is negative before the birth.
func (d Day) Age(born Day) int {
	years := d.Year - born.Year
	if d.Month < born.Month || d.Month == born.Month && d.Date < born.Date {
		years--
	}
	return years
}
