// Package civil holds calendar dates and accounting periods, which belong to no time zone.
//
// An invoice is due on a day, not at an instant, and a journal belongs to a month; a time.Time would drag an hour and a zone
// along and shift the day when either is read elsewhere. [Date] and [Period] are small values that can be compared with ==,
// used as map keys and sorted by their text. Instants stay time.Time in UTC; [FromTime] is the one way from the one to the other.
//
// The texts are "2026-11-30" and "2026-11", and nothing else is read. Years run from 0001 to 9999 in text; arithmetic may
// leave that range and come back, but a date outside it cannot be written.
package civil
