package ddb

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"slices"
	"time"
	"unsafe"

	"backoffice/internal/ddb/awserr"
)

const (
	// tokenBytesMax bounds a ClientRequestToken.
	tokenBytesMax = 36
	// tokenLife is how long a token stands for the transaction it came with.
	tokenLife = 10 * time.Minute
)

func tokenKey(token string) []byte { return append([]byte{spaceToken}, token...) }

func tokenClockKey(at int64, token string) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{spaceTokenClock}, uint64(at)), token...)
}

// digest stands for what the transaction says, whatever the order and the
// spacing of its JSON.
func (t *transaction) digest() []byte {
	h := sha256.New()
	for i, w := range t.writes {
		q := t.parts[i]
		sum(h, string(rune(w.kind)), w.tab.Name, q.condition.s, q.update.s, q.returnFailed.s)
		if w.kind == writePut {
			sum(h, w.newRow)
		} else {
			sum(h, string(w.item.AppendBinary(nil)))
		}
		q.scope.Digest(h)
	}
	return h.Sum(nil)
}

// sum writes texts so that none runs into the next.
func sum(h hash.Hash, texts ...string) {
	var n [8]byte
	for _, s := range texts {
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write(unsafe.Slice(unsafe.StringData(s), len(s))) //nolint:gosec // a hash only reads
	}
}

// tokenUsed reports whether a transaction with this token was done in the last
// ten minutes. The error is one that said something else.
func (e *Engine) tokenUsed(token string, digest []byte) (bool, error) {
	row, err := getRow(e.db, tokenKey(token))
	if err != nil {
		return false, storageError(err)
	}
	if len(row) != 8+sha256.Size {
		return false, nil
	}
	at := int64(binary.BigEndian.Uint64([]byte(row[:8])))
	if e.millis()-at >= tokenLife.Milliseconds() { // the sweep has not come by yet; its age decides, not its being there
		return false, nil
	}
	if row[8:] != string(digest) {
		return false, awserr.New(awserr.TypeTokenMismatch, "The provided idempotency token was used with different request parameters")
	}
	return true, nil
}

// stageToken makes the token part of the commit that it stands for, so that
// one is never there without the other.
func (e *Engine) stageToken(c *commit, token string, digest []byte) error {
	now := e.millis()
	row := append(binary.BigEndian.AppendUint64(nil, uint64(now)), digest...)
	if err := c.batch.Set(tokenKey(token), row, nil); err != nil {
		return err
	}
	return c.batch.Set(tokenClockKey(now, token), nil, nil)
}

// sweepTokens removes tokens that no longer stand for anything.
func (e *Engine) sweepTokens() error {
	before := e.millis() - tokenLife.Milliseconds()
	var clock, tokens [][]byte
	flush := func() error {
		if clock == nil {
			return nil
		}
		err := e.dropTokens(clock, tokens)
		clock, tokens = nil, nil
		return err
	}
	err := eachRow(e.db, []byte{spaceTokenClock}, func(key, _ []byte) error {
		if len(key) < 9 || int64(binary.BigEndian.Uint64(key[1:9])) > before {
			return errStop
		}
		clock = append(clock, slices.Clone(key))
		tokens = append(tokens, tokenKey(string(key[9:])))
		if len(clock) < sweepBatchMax {
			return nil
		}
		return flush()
	})
	if err != nil && !errors.Is(err, errStop) {
		return err
	}
	return flush()
}

// dropTokens removes tokens with their clock rows; one that was used again
// since keeps the row of its later use.
func (e *Engine) dropTokens(clock, tokens [][]byte) error {
	c := e.newCommit(nil)
	if err := e.applyDrop(c, clock, tokens); err != nil {
		return err
	}
	return e.settle(c)
}

func (e *Engine) applyDrop(c *commit, clock, tokens [][]byte) error {
	unlock := e.locks.lock(tokens)
	defer unlock()
	for i, token := range tokens {
		row, err := getRow(e.db, token)
		if err != nil {
			return err
		}
		if len(row) >= 8 && row[:8] == string(clock[i][1:9]) {
			if err := c.batch.Delete(token, nil); err != nil {
				return err
			}
		}
		if err := c.batch.Delete(clock[i], nil); err != nil {
			return err
		}
	}
	return e.apply(c)
}
