package money

import (
	"bytes"
	"encoding/json"
)

// MarshalJSON writes {"amount":"1234.50","currency":"GBP"}. The zero value, which is no amount, is null.
func (m Money) MarshalJSON() ([]byte, error) {
	if m.currency == "" {
		return []byte("null"), nil
	}
	return []byte(`{"amount":"` + m.Amount() + `","currency":"` + string(m.currency) + `"}`), nil
}

// UnmarshalJSON reads an object with exactly the members amount and currency, both strings, as [Parse] takes them; null gives
// the zero value. An unknown, missing, repeated or differently written member is [ErrSyntax]; the rest are the errors of Parse.
func (m *Money) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*m = Money{}
		return nil
	}
	amount, currency, err := members(data)
	if err != nil {
		return err
	}
	parsed, err := Parse(amount, Currency(currency))
	if err != nil {
		return err
	}
	*m = parsed
	return nil
}

// members reads the two members token by token, since decoding into a struct would let repeated names and other case pass.
func members(data []byte) (amount, currency string, err error) {
	tokens := json.NewDecoder(bytes.NewReader(data))
	if t, err := tokens.Token(); err != nil || t != json.Delim('{') {
		return "", "", ErrSyntax
	}
	found := make(map[string]string, 2) // both names seen and nothing else means exactly two
	for tokens.More() {
		name, value, err := member(tokens)
		if _, twice := found[name]; err != nil || twice {
			return "", "", ErrSyntax
		}
		found[name] = value
	}
	amount, hasAmount := found["amount"]
	currency, hasCurrency := found["currency"]
	if !hasAmount || !hasCurrency || len(found) > 2 {
		return "", "", ErrSyntax
	}
	return amount, currency, nil
}

// member reads one name and its value, which must be a string.
func member(tokens *json.Decoder) (name, value string, err error) {
	n, err := tokens.Token()
	if err != nil {
		return "", "", ErrSyntax
	}
	v, err := tokens.Token()
	text, isString := v.(string)
	if err != nil || !isString {
		return "", "", ErrSyntax
	}
	return n.(string), text, nil
}
