package page

import (
	"errors"
	"strconv"
)

const (
	// LimitDefault is the number of records of a page when the client names none.
	LimitDefault = 50
	// LimitMax is the largest number of records that a client may ask for at once.
	LimitMax = 200
)

// ErrLimit says that a limit is not a whole number from 1 to [LimitMax]. A larger one is refused rather than cut down, so that
// nobody takes a short page for the end of the list.
var ErrLimit = errors.New("page: the limit is not a whole number from 1 to 200")

// Limit reads the limit parameter as it stands in the query, "" when it is absent. It returns [ErrLimit] for anything but a
// whole number in range without sign or leading nought.
func Limit(raw string) (int, error) {
	if raw == "" {
		return LimitDefault, nil
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < 1 || n > LimitMax || strconv.Itoa(n) != raw {
		return 0, ErrLimit
	}
	return n, nil
}
