package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"strconv"

	"backoffice/internal/store"
)

//go:embed prices.json
var priceList []byte

// price is what capacity costs from a day on, in US dollars.
type price struct {
	From   string `json:"from"`
	Region string `json:"region"`
	Source string `json:"source"`
	Basis  string `json:"basis"`
	Write  string `json:"writeUnitsPerMillion"`
	Read   string `json:"readUnitsPerMillion"`

	write, read float64
}

// latest gives the last row of the dated table.
func latest() (price, error) {
	var rows []price
	if err := json.Unmarshal(priceList, &rows); err != nil {
		return price{}, err
	}
	if len(rows) == 0 {
		return price{}, errors.New("no prices")
	}
	p := rows[len(rows)-1]
	var errWrite, errRead error
	p.write, errWrite = strconv.ParseFloat(p.Write, 64)
	p.read, errRead = strconv.ParseFloat(p.Read, 64)
	return p, errors.Join(errWrite, errRead)
}

// million gives what a million calls of a cost come to: a call's units times the price of a million units.
func (p price) million(c store.Count) float64 { return c.WriteUnits*p.write + c.ReadUnits*p.read }
