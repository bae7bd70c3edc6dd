package sheet

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
)

// ErrKind says that a cell does not hold what its column says.
var ErrKind = errors.New("sheet: a cell of another kind than its column")

// Spool is a file that was written once and waits on the machine's own disk to be sent: a store of files wants to know a
// file's length before its content, and a long table must not stand in memory for that.
type Spool struct {
	file *os.File
	// Bytes is the length, and SHA256 the hash of the content in hex.
	Bytes  int64
	SHA256 string
}

// Spooled lets write fill a temporary file, which Close removes.
func Spooled(write func(io.Writer) error) (*Spool, error) {
	f, err := os.CreateTemp("", "sheet-*")
	if err != nil {
		return nil, fmt.Errorf("sheet: %w", err)
	}
	s := &Spool{file: f}
	if err := s.fill(write); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Spool) fill(write func(io.Writer) error) error {
	counted := &counter{sum: sha256.New()}
	buffered := bufio.NewWriterSize(io.MultiWriter(s.file, counted), 1<<16)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	s.Bytes, s.SHA256 = counted.n, hex.EncodeToString(counted.sum.Sum(nil))
	_, err := s.file.Seek(0, io.SeekStart)
	return err
}

// Read reads the content from where the last read ended; it begins at the beginning.
func (s *Spool) Read(p []byte) (int, error) { return s.file.Read(p) }

// Close removes the file.
func (s *Spool) Close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}

// counter measures and hashes what goes by.
type counter struct {
	sum hash.Hash
	n   int64
}

// Write takes note of some bytes.
func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return c.sum.Write(p)
}
