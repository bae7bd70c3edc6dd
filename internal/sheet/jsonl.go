package sheet

import (
	"bufio"
	"encoding/json"
	"io"
)

// WriteJSONL writes one JSON object for each record, its members in the order of the columns. An empty cell is an absent
// member, as everywhere in the interface; an amount is an object with its currency.
func WriteJSONL(w io.Writer, h Head, rows Rows) error {
	out := bufio.NewWriter(w)
	names, currencies, err := members(h)
	if err != nil {
		return err
	}
	err = Each(h, rows, func(r Row) error {
		open := byte('{')
		for i, cell := range r.Cells {
			if cell == "" {
				continue
			}
			currency := h.Columns[i].Currency
			if at := currencies[i]; at >= 0 {
				currency = r.Cells[at]
			}
			value, err := valueOf(h.Columns[i].Kind, cell, currency)
			if err != nil {
				return err
			}
			_ = out.WriteByte(open) // a buffered writer keeps its error until Flush
			_, _ = out.Write(names[i])
			_, _ = out.Write(value)
			open = ','
		}
		if open == '{' {
			_ = out.WriteByte(open)
		}
		_, err := out.WriteString("}\n")
		return err
	}, Data)
	if err != nil {
		return err
	}
	return out.Flush()
}

// members gives each column's name as JSON with its colon, and where its currency stands, -1 for a fixed one.
func members(h Head) (names [][]byte, currencies []int, err error) {
	for _, c := range h.Columns {
		raw, err := json.Marshal(c.Name)
		if err != nil {
			return nil, nil, err
		}
		names = append(names, append(raw, ':'))
		at := -1
		if c.CurrencyOf != "" {
			at = h.Column(c.CurrencyOf)
		}
		currencies = append(currencies, at)
	}
	return names, currencies, nil
}

// valueOf renders a cell by its kind. Amounts stay texts: a JSON number is read as floating point, and pennies get lost.
func valueOf(k Kind, cell, currency string) ([]byte, error) {
	switch k {
	case Amount:
		return json.Marshal(struct {
			Amount   string `json:"amount"`
			Currency string `json:"currency"`
		}{cell, currency})
	case Count, Flag:
		if json.Valid([]byte(cell)) {
			return []byte(cell), nil
		}
		return nil, ErrKind
	default:
		return json.Marshal(cell)
	}
}
