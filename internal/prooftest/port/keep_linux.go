package port

import (
	"errors"
	"os"
	"syscall"
)

// Keep takes a port by a socket that is bound to it and never listens. Linux lets another socket listen there when both say that
// the address may be used again, as Go's listeners and most servers do, and lets no outgoing connection begin there.
func Keep() (*Kept, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	number, err := bind(fd)
	if err != nil {
		return nil, errors.Join(os.NewSyscallError("bind", err), syscall.Close(fd))
	}
	return &Kept{Number: number, release: func() error { return syscall.Close(fd) }}, nil
}

func bind(fd int) (int, error) {
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return 0, err
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, err
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		return 0, err
	}
	return name.(*syscall.SockaddrInet4).Port, nil //nolint:forcetypeassert // it was bound to one
}
