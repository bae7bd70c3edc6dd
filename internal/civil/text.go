package civil

import (
	"encoding/json"
	"fmt"
)

// MarshalText writes what String returns; the zero date is empty. It returns [ErrDate] for a year that has not four digits.
func (d Date) MarshalText() ([]byte, error) {
	if !d.IsZero() && !writable(d.year) {
		return nil, ErrDate
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what [ParseDate] reads; an empty text, such as an empty cell of a file, is the zero date.
func (d *Date) UnmarshalText(text []byte) error {
	return unmarshalText(d, text, ParseDate)
}

// MarshalJSON writes a string, null for the zero date. It returns [ErrDate] for a year that has not four digits.
func (d Date) MarshalJSON() ([]byte, error) {
	return marshalJSON(d)
}

// UnmarshalJSON reads a string that [ParseDate] reads, or null for the zero date; an empty string is [ErrDate].
func (d *Date) UnmarshalJSON(data []byte) error {
	return unmarshalJSON(d, data, ParseDate)
}

// MarshalText writes what String returns; the zero period is empty. It returns [ErrPeriod] for a year that has not four digits.
func (p Period) MarshalText() ([]byte, error) {
	if !p.IsZero() && !writable(p.year) {
		return nil, ErrPeriod
	}
	return []byte(p.String()), nil
}

// UnmarshalText reads what [ParsePeriod] reads; an empty text is the zero period.
func (p *Period) UnmarshalText(text []byte) error {
	return unmarshalText(p, text, ParsePeriod)
}

// MarshalJSON writes a string, null for the zero period. It returns [ErrPeriod] for a year that has not four digits.
func (p Period) MarshalJSON() ([]byte, error) {
	return marshalJSON(p)
}

// UnmarshalJSON reads a string that [ParsePeriod] reads, or null for the zero period; an empty string is [ErrPeriod].
func (p *Period) UnmarshalJSON(data []byte) error {
	return unmarshalJSON(p, data, ParsePeriod)
}

// writable reports whether a year can be written so that it reads back.
func writable(year int32) bool { return year >= 1 && year <= yearMax }

// unmarshalText sets to to the value of a text, the zero value for an empty one.
func unmarshalText[T any](to *T, text []byte, parse func(string) (T, error)) error {
	var value T
	if len(text) > 0 {
		var err error
		if value, err = parse(string(text)); err != nil {
			return err
		}
	}
	*to = value
	return nil
}

// marshalJSON writes the text of a value as a JSON string. A text has no characters to escape.
func marshalJSON[T interface {
	IsZero() bool
	MarshalText() ([]byte, error)
}](value T) ([]byte, error) {
	if value.IsZero() {
		return []byte("null"), nil
	}
	text, err := value.MarshalText()
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%q", text), nil
}

// unmarshalJSON sets to to the value of a JSON string, the zero value for null.
func unmarshalJSON[T any](to *T, data []byte, parse func(string) (T, error)) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil {
		_, err := parse("") // for the error: neither text may be empty, and json's own repeats the input
		return err
	}
	if text == nil {
		return unmarshalText(to, nil, parse)
	}
	value, err := parse(*text)
	if err != nil {
		return err
	}
	*to = value
	return nil
}
