package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"

	"backoffice/internal/store"
)

//go:embed prices.json
var priceList []byte

// what is a thing that is paid for.
type what string

const (
	writeUnits       what = "writeUnits"
	readUnits        what = "readUnits"
	httpRequests     what = "httpRequests"
	functionRequests what = "functionRequests"
	gigabyteSeconds  what = "gigabyteSeconds"
	events           what = "events"
	logGigabytes     what = "logGigabytes"
)

// price is what a million of something cost from a day on, in US dollars.
type price struct {
	What   what   `json:"what"`
	USD    string `json:"usdPerMillion"`
	From   string `json:"from"`
	Source string `json:"source"`

	usd float64
}

// prices is the dated table: of several rows for one thing the last one counts.
type prices struct {
	Region string  `json:"region"`
	Basis  string  `json:"basis"`
	Rows   []price `json:"prices"`

	latest map[what]price
}

// readPrices reads the table and refuses one that lacks something.
func readPrices(raw []byte) (prices, error) {
	p := prices{latest: map[what]price{}}
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, fmt.Errorf("prices: %w", err)
	}
	for _, row := range p.Rows {
		var err error
		if row.usd, err = strconv.ParseFloat(row.USD, 64); err != nil || row.From == "" || row.Source == "" || p.latest[row.What].From > row.From {
			return p, fmt.Errorf("prices: the row of %s from %q is not sound: %w", row.What, row.From, err)
		}
		p.latest[row.What] = row
	}
	for _, w := range []what{writeUnits, readUnits, httpRequests, functionRequests, gigabyteSeconds, events, logGigabytes} {
		if _, there := p.latest[w]; !there {
			return p, fmt.Errorf("prices: %s has none", w)
		}
	}
	return p, nil
}

// of gives what a million calls come to that need so many of something each.
func (p prices) of(w what, each float64) float64 { return each * p.latest[w].usd }

// million gives what a million calls' capacity comes to.
func (p prices) million(c store.Count) float64 {
	return p.of(writeUnits, c.WriteUnits) + p.of(readUnits, c.ReadUnits)
}
