package problems

import (
	"slices"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/internal/finance"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/resource"
)

// The rules of an operation are found behind its handler, its input's checks, its ports and its kind of record; those of
// others are not.
func TestOfFindsWhatAnOperationMeets(t *testing.T) {
	found, err := Of("../../..", catalog.Domains())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		id, code string
		meets    bool
		where    string
	}{
		{"finance.record-journal", finance.RuleUnbalanced.Code, true, "behind the handler"},
		{"finance.create-journal", finance.RuleBlank.Code, true, "in the input's checks"},
		{"finance.get-entity", op.RuleNotFound.Code, true, "behind a port"},
		{"finance.create-party", finance.RulePartyTaken.Code, true, "in the kind of record"},
		{"finance.archive-party", resource.RuleArchived.Code, true, "in the package of all kinds"},
		{"finance.get-party", finance.RulePartyTaken.Code, false, "only writing meets it"},
		{"platform.sign-in", finance.RuleUnbalanced.Code, false, "of another domain"},
		{"platform.list-people", platform.RuleBlank.Code, false, "of another operation"},
	} {
		if got := slices.Contains(found[c.id], c.code); got != c.meets {
			t.Errorf("%s meets %s (%s): %v, found %v", c.id, c.code, c.where, got, found[c.id])
		}
	}
}

// Every code that is found is one of the catalogue's rules, and every operation over HTTPS has some.
func TestCodesAreTheCatalogues(t *testing.T) {
	found, err := Of("../../..", catalog.Domains())
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range catalog.Rules() {
		known[r.Code] = true
	}
	for _, o := range catalog.Operations() {
		if !o.Describe().HTTP() {
			continue
		}
		for _, code := range append(found[o.Describe().ID], Common(o)...) {
			if !known[code] {
				t.Errorf("%s: %s is no rule of the catalogue", o.Describe().ID, code)
			}
		}
	}
}

// What the pipeline around an operation refuses by follows from its spec and its schemas.
func TestCommonFollowsFromTheSpec(t *testing.T) {
	for _, c := range []struct {
		o     op.Operation
		code  string
		meets bool
	}{
		{&finance.GetEntity, op.RuleNoContent.Code, true},
		{&finance.GetEntity, op.RuleKeyMissing.Code, false},
		{&finance.RecordJournal, op.RuleKeyMissing.Code, true},
		{&finance.RecordJournal, op.RuleDecimals.Code, true},
		{&finance.RecordJournal, op.RuleStale.Code, false},
		{&finance.PostJournal, op.RuleMatchNeeded.Code, true},
		{&platform.SignIn, op.RuleNoToken.Code, false},
		{&finance.ListEntities, op.RuleCursor.Code, true},
	} {
		if got := slices.Contains(Common(c.o), c.code); got != c.meets {
			t.Errorf("%s meets %s: %v", c.o.Describe().ID, c.code, got)
		}
	}
}
