package platform

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"backoffice/internal/op"
	"backoffice/internal/seal"
)

const (
	// factorStepSeconds is how long an authenticator shows one code; factorStepsOff how many steps its clock may be off.
	factorStepSeconds = 30
	factorStepsOff    = 1
	factorSecretBytes = 20 // as RFC 4226 recommends for SHA-1, the one hash that every authenticator knows
	recoveryCodesMax  = 10
	recoveryCodeBytes = 10
	factorIssuer      = "Back Office"
)

// The states of a second factor.
const (
	FactorNone    = "none"
	FactorPending = "pending"
	FactorActive  = "active"
)

// SecondFactor is a user's authenticator, and the codes that stand in for it once each.
type SecondFactor struct {
	User          string   `json:"user" doc:"usr_…"`
	State         string   `json:"state" enum:"none,pending,active" doc:"pending until its first code has come back"`
	RecoveryLeft  int      `json:"recoveryLeft" doc:"Recovery codes that are not used yet"`
	Secret        string   `json:"secret,omitempty" doc:"What the authenticator is set up with, in base32. Shown once, when it is made"`
	Address       string   `json:"address,omitempty" doc:"The same as an otpauth address, to be shown as a QR code"`
	RecoveryCodes []string `json:"recoveryCodes,omitempty" doc:"Each signs in once in place of the authenticator. Shown once, when the factor becomes active"`
	Version       int      `json:"version"`

	kept     []byte   // the authenticator's key as it is stored: sealed, or plain where an earlier release wrote it
	key      []byte   // the authenticator's key; nil until the factor is opened
	lastStep int64    // of the latest code that was used: no code of it or before is taken again
	recovery [][]byte // hashes of the recovery codes that are left
}

// RecordVersion gives the version for the ETag.
func (f SecondFactor) RecordVersion() int { return f.Version }

// Location gives the record's address.
func (f SecondFactor) Location() string { return "/platform/v1/users/" + f.User + "/second-factor" }

// FactorSecrets are what a store keeps of a second factor beside what is shown.
type FactorSecrets struct {
	Key      []byte // sealed, or plain where an earlier release wrote it
	LastStep int64
	Recovery [][]byte
}

// Secrets gives what a store keeps.
func (f SecondFactor) Secrets() FactorSecrets {
	return FactorSecrets{Key: f.kept, LastStep: f.lastStep, Recovery: f.recovery}
}

// WithSecrets gives the factor as it was kept.
func (f SecondFactor) WithSecrets(s FactorSecrets) SecondFactor {
	f.kept, f.lastStep, f.recovery, f.RecoveryLeft = s.Key, s.LastStep, s.Recovery, len(s.Recovery)
	return f
}

// public leaves out what is shown once.
func (f SecondFactor) public() SecondFactor {
	f.Secret, f.Address, f.RecoveryCodes = "", "", nil
	return f
}

// address is what an authenticator reads from a QR code.
func (f SecondFactor) address(email string) string {
	q := url.Values{"secret": {f.Secret}, "issuer": {factorIssuer}}
	return "otpauth://totp/" + url.PathEscape(factorIssuer+":"+email) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// factorKind is what an authenticator's key is called where it is sealed.
const factorKind = "second-factor"

// place is where a user's key is sealed for: it opens nobody else's factor.
func (f SecondFactor) place(tenant string) seal.Place {
	return seal.Place{Tenant: tenant, Record: f.User, Kind: factorKind}
}

// opened gives the factor with its key, so that it can check codes.
func (f SecondFactor) opened(ctx context.Context, d Ports, tenant string) (SecondFactor, error) {
	if !seal.Sealed(f.kept) {
		f.key = f.kept
		return f, nil
	}
	var err error
	if f.key, err = d.Sealer.Open(ctx, f.kept, f.place(tenant)); err != nil {
		return f, fmt.Errorf("platform: open the second factor of %s: %w", f.User, err)
	}
	return f, nil
}

// sealed gives an opened factor as it is to be kept: a key that is new, or was kept plain or under a former key of fields, is
// sealed with today's. Otherwise what is kept is good, and nothing is asked of anybody.
func (f SecondFactor) sealed(ctx context.Context, d Ports, tenant string) (SecondFactor, error) {
	if !d.Sealer.Stale(f.kept) {
		return f, nil
	}
	var err error
	if f.kept, err = d.Sealer.Seal(ctx, f.key, f.place(tenant)); err != nil {
		return f, fmt.Errorf("platform: seal the second factor of %s: %w", f.User, err)
	}
	return f, nil
}

// takes checks a code at an instant and gives the factor as it is after the code was used: an authenticator's code is never
// taken twice, nor one before it, and a recovery code leaves the list. ok is false when the code is wrong. The factor must have
// been opened.
func (f SecondFactor) takes(code string, at time.Time) (after SecondFactor, ok bool) {
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
	after = f
	after.Version++
	now := at.Unix() / factorStepSeconds
	for step := now - factorStepsOff; step <= now+factorStepsOff; step++ {
		if step > f.lastStep && subtle.ConstantTimeCompare([]byte(f.code(step)), []byte(code)) == 1 {
			after.lastStep = step
			return after, true
		}
	}
	if f.State != FactorActive {
		return f, false
	}
	for i, hash := range f.recovery {
		if Opens(code, hash) {
			after.recovery = slices.Delete(slices.Clone(f.recovery), i, i+1)
			after.RecoveryLeft = len(after.recovery)
			return after, true
		}
	}
	return f, false
}

// code gives the authenticator's code of a step.
func (f SecondFactor) code(step int64) string {
	text, err := hotp.GenerateCodeCustom(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(f.key), uint64(step),
		hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		panic("platform: a key in base32 is no key: " + err.Error())
	}
	return text
}

// FactorStore keeps second factors.
type FactorStore interface {
	// Factor gives a user's second factor; one in the state none when there is none.
	Factor(ctx context.Context, tenant, user string) (SecondFactor, error)
	PutFactor(act *op.Act, f SecondFactor, was int)
	// UseFactor puts a factor over its former version at once, outside any act; false when somebody was faster.
	UseFactor(ctx context.Context, tenant string, f SecondFactor, was int) (bool, error)
}

// proveFactor checks a code of a user's second factor under a count of failures of its own, and uses it up: of two who send
// the same code at once, one gets in. A user without a second factor has nothing to prove.
func proveFactor(ctx context.Context, at time.Time, d Ports, tenant, user, code string) (proven bool, err error) {
	f, err := d.Factors.Factor(ctx, tenant, user)
	if err != nil || f.State != FactorActive {
		return false, err
	}
	if code == "" {
		return false, RuleFactorNeeded.At("/code")
	}
	of := Guessed{Tenant: tenant, User: user, Kind: GuessedFactor}
	counted, err := countAttempt(ctx, at, d, of)
	if err != nil {
		return false, err
	}
	used, err := useFactor(ctx, at, d, tenant, f, code)
	if err != nil {
		return false, err
	}
	if !used {
		return false, RuleFactorWrong.At("/code")
	}
	_, err = d.Logins.SaveFailures(ctx, of, counted.cleared(), counted)
	return true, err
}

// useFactor uses a code up; false when it is wrong, or somebody was faster.
func useFactor(ctx context.Context, at time.Time, d Ports, tenant string, f SecondFactor, code string) (bool, error) {
	open, err := f.opened(ctx, d, tenant)
	if err != nil {
		return false, err
	}
	after, ok := open.takes(code, at)
	if !ok {
		return false, nil
	}
	if after, err = after.sealed(ctx, d, tenant); err != nil {
		return false, err
	}
	return d.Factors.UseFactor(ctx, tenant, after, f.Version)
}

// factorRecord names a user's second factor as a record, with versions of its own beside the user's.
func factorRecord(user string) string { return user + factorSuffix }

const factorSuffix = ".second-factor"
