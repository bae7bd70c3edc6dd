package port_test

import (
	"errors"
	"net"
	"runtime"
	"syscall"
	"testing"

	"backoffice/internal/prooftest/port"
)

// Whoever is told of a kept port can listen on it, again and again; between, nobody answers there.
func TestAKeptPortIsListenedOnAgainAndAgain(t *testing.T) {
	k := keep(t)
	for range 3 {
		listener, err := net.Listen("tcp", k.Addr())
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", k.Addr())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(conn.Close(), listener.Close()); err != nil {
			t.Error(err)
		}
		if conn, err := net.Dial("tcp", k.Addr()); err == nil {
			_ = conn.Close()
			t.Error("somebody answers where nobody listens")
		}
	}
}

// Until it is closed, the system gives a kept port to no listener that takes any, and begins no connection at it.
func TestAKeptPortIsGivenToNobodyElse(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("ports are kept on Linux only")
	}
	k := keep(t)
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: k.Number}}
	there, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = there.Close() })
	if conn, err := dialer.Dial("tcp", there.Addr().String()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("a connection begins at a kept port: %v, %v", conn, err)
	}
	for range 200 {
		if other := keep(t); other.Number == k.Number {
			t.Fatal("a kept port was given away")
		}
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	conn, err := dialer.Dial("tcp", there.Addr().String())
	if err != nil {
		t.Fatalf("a port that was given back is not free: %v", err)
	}
	_ = conn.Close()
}

func keep(t *testing.T) *port.Kept {
	t.Helper()
	k, err := port.Keep()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}
