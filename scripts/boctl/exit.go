package main

import (
	"errors"
	"net/http"

	"backoffice/internal/boclient"
)

// The exit codes; the help of the program tells what they mean, and they never change.
const (
	exitDone = iota
	exitUsage
	exitRefused
	exitForbidden
	exitUnknown
	exitConflict
	exitUnavailable
)

// exitCode tells how a run ended. What is no answer of the system's is a fault of the command line or its files.
func exitCode(err error) int {
	if err == nil {
		return exitDone
	}
	if _, ok := errors.AsType[*boclient.Unreachable](err); ok {
		return exitUnavailable
	}
	if errors.Is(err, errSignedOut) {
		return exitForbidden
	}
	if errors.Is(err, errJobFailed) {
		return exitRefused
	}
	p, ok := errors.AsType[*boclient.Problem](err)
	if !ok {
		return exitUsage
	}
	switch p.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return exitForbidden
	case http.StatusNotFound:
		return exitUnknown
	case http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired:
		return exitConflict
	case http.StatusTooManyRequests:
		return exitUnavailable
	}
	if p.Status >= http.StatusInternalServerError {
		return exitUnavailable
	}
	return exitRefused
}
