//go:build !linux

package port

import "net"

// Keep finds a port that is free. Other systems than Linux let nobody listen where a socket is bound, so that it can only be hoped
// that it stays so.
func Keep() (*Kept, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		return nil, err
	}
	return &Kept{Number: listener.Addr().(*net.TCPAddr).Port, release: func() error { return nil }}, listener.Close() //nolint:forcetypeassert // a TCP listener has no other
}
