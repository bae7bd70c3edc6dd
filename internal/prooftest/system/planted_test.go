package system

import (
	"strings"
	"testing"
	"testing/synctest"

	"backoffice/internal/prooftest/faults"
)

// planted are faults of the system, each with an invariant that must turn red. A proof that stays green over one of them
// would prove nothing.
var planted = []struct {
	name   string
	finds  string
	rates  faults.Rates
	tamper func() func(*faults.Call)
	only   []string
}{
	{name: "skip the audit write", finds: oneAct, tamper: faults.Once(func(c *faults.Call) bool {
		return ofDomain(c, "platform") && c.LeaveOut(func(a map[string]any) bool { return !faults.IsAct(a) })
	})},
	{name: "forget what was acknowledged", finds: sameAnswer, tamper: faults.Once(func(c *faults.Call) bool {
		return ofDomain(c, "migration") && c.LeaveOut(func(a map[string]any) bool { return !faults.IsAct(a) })
	})},
	{name: "take every act for new", finds: asWritten, rates: faults.Rates{faults.AnswerLost: 0.4}, tamper: faults.Always(func(c *faults.Call) { c.Unconditional(faults.IsAct) })},
	{name: "lose a record", finds: asWritten, tamper: faults.Once(func(c *faults.Call) bool {
		return ofDomain(c, "migration") && c.LeaveOut(func(a map[string]any) bool { return faults.IsAct(a) || a["Put"] == nil })
	})},
	{name: "write a record otherwise than its act says", finds: asWritten, tamper: faults.Once(alter)},
	{name: "write past the version that was read", finds: ownVersion, tamper: faults.Always(func(c *faults.Call) {
		c.Unconditional(func(a map[string]any) bool { return !faults.IsAct(a) })
	}), only: []string{"finance.update-party", "platform.update-person", "migration.update-mapping"}},
	{name: "drop an act's mark", finds: itsEvents, tamper: faults.Once(faults.DropMark("ev"))},
	{name: "emit nothing", finds: itsEvents, tamper: faults.Once(func(c *faults.Call) bool { return silence(c) })},
	{name: "put a record under another tenant's key", finds: ownTenant, tamper: faults.Once(stray)},
	{name: "forget who made a draft", finds: fourEyes, tamper: faults.Always(func(c *faults.Call) { nobodysDraft(c) }),
		only: []string{"finance.create-journal", "finance.post-journal"}},
	{name: "rewrite an act", finds: asWritten, tamper: faults.Once(faults.RewriteAct)},
}

// Each planted fault turns its invariant red, in one of several runs: some show only when calls happen to cross.
func TestPlantedFaultsAreFound(t *testing.T) {
	const runs = 8
	for _, c := range planted {
		t.Run(c.name, func(t *testing.T) {
			if _, err := signingKey(); err != nil {
				t.Fatal(err)
			}
			var last findings
			for seed := range uint64(runs) {
				synctest.Test(t, func(t *testing.T) {
					s := simulate(t, seed+1, c.rates, plant{tamper: c.tamper(), only: c.only})
					s.transport.Stop()
					s.skip(calmAfter)
					s.takeUp(t.Context(), s.System) // a planted fault may leave what cannot be taken up
					last = s.inspect(t)
					last.Findings = append(last.Findings, s.replays(t).Findings...)
				})
				if last.Of(c.finds) {
					return
				}
			}
			t.Errorf("%q stayed green; found %v", c.finds, last.Findings)
		})
	}
}

// ofDomain tells whether a transaction commits the act of a domain's operation that a caller made.
func ofDomain(c *faults.Call, domain string) bool {
	for _, a := range c.Actions() {
		if op := faults.Text(a, "Put", "Item", "op", "S"); faults.IsAct(a) && strings.HasPrefix(op, domain+".") {
			return faults.Text(a, "Put", "Item", "by", "S") != "system" && op != "platform.walk"
		}
	}
	return false
}

// silence takes the events out of an act.
func silence(c *faults.Call) bool {
	for _, a := range c.Actions() {
		if item := faults.Member(a, "Put", "Item"); faults.IsAct(a) && item["ev"] != nil {
			delete(item, "ev")
			return true
		}
	}
	return false
}

// alter changes a text of a record on its way, which its act knows nothing of.
func alter(c *faults.Call) bool {
	if !ofDomain(c, "platform") {
		return false
	}
	for _, a := range c.Actions() {
		item := faults.Member(a, "Put", "Item")
		if faults.IsAct(a) {
			continue
		}
		for name, v := range item {
			if text := faults.Text(v, "S"); text != "" && name != "pk" && name != "sk" && !strings.HasPrefix(name, "g1") {
				v.(map[string]any)["S"] = text + " altered"
				return true
			}
		}
	}
	return false
}

// stray puts a record where another tenant's stand.
func stray(c *faults.Call) bool {
	if !ofDomain(c, "migration") {
		return false
	}
	for _, a := range c.Actions() {
		item := faults.Member(a, "Put", "Item")
		if pk := faults.Text(item, "pk", "S"); pk != "" && !faults.IsAct(a) {
			_, rest, _ := strings.Cut(pk, "|")
			faults.Member(item, "pk")["S"] = "ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2|" + rest
			return true
		}
	}
	return false
}

// nobodysDraft takes the maker's name off every draft of a journal.
func nobodysDraft(c *faults.Call) {
	for _, a := range c.Actions() {
		item := faults.Member(a, "Put", "Item")
		if strings.Contains(faults.Text(item, "pk", "S"), "|JRN|") && faults.Text(item, "st", "S") == "draft" {
			faults.Member(item, "cb")["S"], faults.Member(item, "mk")["S"] = "usr_nobody", "per_nobody"
		}
	}
}
