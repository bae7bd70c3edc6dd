// Package port keeps ports of the loopback interface for processes that are started by their number, and started again after they
// were killed. A port that is merely found free is anybody's the next moment: the system gives it away to whoever asks for any, and
// every outgoing connection on the machine does.
package port

import (
	"net"
	"strconv"
)

// Kept is a port that the system gives to nobody else until it is closed. Who names it can listen on it; while nobody does,
// connections to it are refused, as to any free port.
type Kept struct {
	// Number is the port.
	Number int

	release func() error
}

// Addr is the address to listen at, such as 127.0.0.1:40001.
func (k *Kept) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(k.Number)) }

// Close gives the port back.
func (k *Kept) Close() error { return k.release() }
