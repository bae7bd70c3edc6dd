// Package browser says what pages of other origins may send and see, the same on both sides: on-premise the host answers browsers
// itself, in the cloud API Gateway is told to. Who may call is the operator's list; without one browsers let no page of another
// origin call.
package browser

import (
	"errors"
	"fmt"
	"regexp"
)

const (
	// OriginsMax is how many origins a list may have.
	OriginsMax = 20
	// PreflightSeconds is how long a browser may go by what it was told before it asks again.
	PreflightSeconds = 600
)

var (
	origin        = regexp.MustCompile(`^https://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{2,5})?$`)
	machineOrigin = regexp.MustCompile(`^http://(localhost|127\.0\.0\.1)(:[0-9]{2,5})?$`)
)

// Methods are those that operations have.
func Methods() []string { return []string{"GET", "POST", "PUT", "PATCH", "DELETE"} }

// Sent are the headers that a page may send.
func Sent() []string {
	return []string{"authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "traceparent"}
}

// Shown are the headers of an answer that a page may read.
func Shown() []string {
	return []string{"deprecation", "dry-run", "etag", "idempotency-replayed", "link", "location", "pending-acts", "retry-after", "sunset",
		"www-authenticate", "x-request-id"}
}

// Check holds a list of origins whose pages may call: https, no wildcard, no path; http on the caller's own machine only. It
// names every one that is not such.
func Check(origins []string) error {
	var all []error
	for _, o := range origins {
		if !origin.MatchString(o) && !machineOrigin.MatchString(o) {
			all = append(all, fmt.Errorf("%q is no origin of the form https://host", o))
		}
	}
	if len(origins) > OriginsMax {
		all = append(all, fmt.Errorf("%d origins are more than %d", len(origins), OriginsMax))
	}
	return errors.Join(all...)
}
