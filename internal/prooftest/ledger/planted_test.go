package ledger

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/op"
	"backoffice/internal/prooftest/faults"
)

// planted are faults of the system, each with an invariant that must turn red. A proof that stays green over one of them
// would prove nothing.
var planted = []struct {
	name    string
	finds   string
	rates   faults.Rates
	tamper  func() func(*faults.Call)
	port    func(*finance.Ports)
	anySeed bool // the fault shows only when calls happen to cross: one of several runs must find it
}{
	{name: "skip the audit write", finds: oneAct, tamper: faults.Once(func(c *faults.Call) bool {
		return c.LeaveOut(func(a map[string]any) bool { return !faults.IsAct(a) || !isPosting(c) })
	})},
	{name: "double a projection", finds: sumOfLines, tamper: faults.Once(doubleSum)},
	{name: "forget a projection", finds: sumOfLines, tamper: faults.Once(func(c *faults.Call) bool {
		return c.LeaveOut(func(a map[string]any) bool {
			return !strings.Contains(faults.Text(a, "Update", "Key", "pk", "S"), "|BAL|")
		})
	})},
	{name: "forget a ledger row", finds: sumOfLines, tamper: faults.Once(func(c *faults.Call) bool {
		return c.LeaveOut(func(a map[string]any) bool {
			return !strings.Contains(faults.Text(a, "Put", "Item", "pk", "S"), "|LED|")
		})
	})},
	{name: "drop a pending mark", finds: sumOfLines, tamper: faults.Once(faults.DropMark("prj"))},
	{name: "lose an acknowledged write", finds: onceEach, tamper: faults.Once(func(c *faults.Call) bool {
		return c.LeaveOut(func(a map[string]any) bool { return !isJournal(a) })
	})},
	{name: "write half of a batch", finds: noHalf, rates: faults.Rates{faults.AnswerLost: 0.6}, tamper: faults.Always(halve), anySeed: true},
	{name: "write a line wrong", finds: balances, tamper: faults.Once(changeLine)},
	{name: "take every act for new", finds: onceEach, rates: faults.Rates{faults.AnswerLost: 0.4, faults.DroppedBefore: 0.1}, anySeed: true,
		tamper: faults.Always(func(c *faults.Call) { c.Unconditional(faults.IsAct) })},
	{name: "reverse without looking", finds: oneReversal, anySeed: true, tamper: faults.Always(func(c *faults.Call) { c.Unconditional(isJournal) })},
	{name: "skip a gapless number", finds: noGap, tamper: faults.Once(skipNumber)},
	{name: "give a number twice", finds: oneNumber, port: func(d *finance.Ports) { d.Numbers = stuck{} }},
	{name: "rewrite an act", finds: chainHolds, tamper: faults.Once(faults.RewriteAct)},
}

// Each planted fault turns its invariant red.
func TestPlantedFaultsAreFound(t *testing.T) {
	for _, c := range planted {
		t.Run(c.name, func(t *testing.T) {
			seeds := 1
			if c.anySeed {
				seeds = 12
			}
			var last findings
			for seed := range seeds {
				synctest.Test(t, func(t *testing.T) {
					p := plant{port: c.port}
					if c.tamper != nil {
						p.tamper = c.tamper()
					}
					s := simulate(t, uint64(seed)+1, c.rates, p)
					s.transport.Stop()
					_ = s.Relay.Drain(t.Context(), finance.Table, s.Tenant) // a planted fault may leave acts that cannot be taken up
					last = s.inspect(t)
				})
				if last.Of(c.finds) {
					return
				}
			}
			t.Errorf("%q stayed green; found %v", c.finds, last.Findings)
		})
	}
}

func isJournal(a map[string]any) bool {
	return strings.Contains(faults.Text(a, "Put", "Item", "pk", "S"), "|JRN|")
}

func isPosting(c *faults.Call) bool {
	for _, a := range c.Actions() {
		if faults.IsAct(a) && faults.Text(a, "Put", "Item", "prj", "S") != "" {
			return true
		}
	}
	return false
}

// doubleSum adds what a projection adds to a balance once more.
func doubleSum(c *faults.Call) bool {
	for _, a := range c.Actions() {
		if !strings.Contains(faults.Text(a, "Update", "Key", "pk", "S"), "|BAL|") {
			continue
		}
		for _, v := range faults.Member(a, "Update", "ExpressionAttributeValues") {
			if n, err := strconv.Atoi(faults.Text(v, "N")); err == nil && n > 1 {
				v.(map[string]any)["N"] = strconv.Itoa(2 * n)
				return true
			}
		}
	}
	return false
}

func changeLine(c *faults.Call) bool {
	for _, a := range c.Actions() {
		if !isJournal(a) || faults.Text(a, "Put", "Item", "st", "S") != string(finance.Posted) {
			continue
		}
		lines, _ := faults.Member(a, "Put", "Item", "l")["L"].([]any)
		faults.Member(lines[0], "M", "m")["N"] = "123456789"
		return true
	}
	return false
}

// halve leaves one journal of each batch out.
func halve(c *faults.Call) {
	journals := 0
	for _, a := range c.Actions() {
		if isJournal(a) && isPosting(c) {
			journals++
		}
	}
	if journals > 2 {
		c.Keep(func(a map[string]any) bool {
			if isJournal(a) {
				journals--
			}
			return !isJournal(a) || journals > 0
		})
	}
}

func skipNumber(c *faults.Call) bool {
	for _, a := range c.Actions() {
		if !strings.Contains(faults.Text(a, "Update", "Key", "pk", "S"), "|NUM|") {
			continue
		}
		most := map[string]any{"N": "0"}
		for _, v := range faults.Member(a, "Update", "ExpressionAttributeValues") {
			if n, _ := strconv.Atoi(faults.Text(v, "N")); n > 0 && n > number(most) {
				most = v.(map[string]any)
			}
		}
		most["N"] = strconv.Itoa(number(most) + 1)
		return true
	}
	return false
}

func number(v map[string]any) int {
	n, err := strconv.Atoi(faults.Text(v, "N"))
	if err != nil {
		panic(err)
	}
	return n
}

// stuck is a giver of numbers that always gives the same one.
type stuck struct{}

// Next gives the one number.
func (stuck) Next(context.Context, *op.Act, string, finance.Series, civil.Period) (string, error) {
	return "JRN-2026-000001", nil
}
