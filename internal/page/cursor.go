package page

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
)

const (
	keyBytesMin = 32 // as long as the hash, so that the key is no easier to guess than the signature

	// CursorCharsMax is the length of the longest cursor that is read or written.
	CursorCharsMax = 2048

	// version is the first byte of a cursor. Another one marks another layout, so an old cursor is refused, not misread.
	version = 1

	signatureEnd = 1 + sha256.Size
)

var (
	// ErrBadCursor says that a cursor was not made by this system for this list. Why is of no use to an honest client.
	ErrBadCursor = errors.New("page: not a cursor of this list")
	// ErrShortKey says that a signing key has fewer than 32 bytes.
	ErrShortKey = errors.New("page: the signing key is shorter than 32 bytes")
)

// Signer makes cursors and reads them back. It is safe for concurrent use. Make it with [NewSigner]; the zero value panics.
type Signer struct {
	key []byte
}

// NewSigner returns a signer with a secret key, of which it keeps a copy. All processes that serve one list share the key;
// replacing it makes clients in the middle of a list begin again. It returns [ErrShortKey] for fewer than 32 bytes.
func NewSigner(key []byte) (Signer, error) {
	if len(key) < keyBytesMin {
		return Signer{}, ErrShortKey
	}
	return Signer{key: append([]byte(nil), key...)}, nil
}

// String keeps the key out of logs.
func (Signer) String() string { return "page.Signer" }

// GoString keeps the key out of dumps.
func (Signer) GoString() string { return "page.Signer" }

// Encode returns the cursor for a position, UTF-8 names and values, in the list that scope describes. It panics when the
// cursor would be longer than [CursorCharsMax]: the parts of a position are keys, whose lengths are bounded when they are made.
func (s Signer) Encode(scope string, position map[string]string) string {
	if position == nil {
		position = map[string]string{}
	}
	payload, err := json.Marshal(position)
	if err != nil {
		panic("page: " + err.Error()) // strings always marshal
	}
	raw := append([]byte{version}, s.signature(scope, payload)...)
	cursor := base64.RawURLEncoding.EncodeToString(append(raw, payload...))
	if len(cursor) > CursorCharsMax {
		panic("page: the position is too long for a cursor")
	}
	return cursor
}

// Decode returns the position that [Signer.Encode] was given with the same scope. It returns [ErrBadCursor] for everything
// else, an empty cursor included: that there is none is for the caller to see.
func (s Signer) Decode(scope, cursor string) (map[string]string, error) {
	if len(cursor) > CursorCharsMax {
		return nil, ErrBadCursor
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < signatureEnd || raw[0] != version {
		return nil, ErrBadCursor
	}
	signature, payload := raw[1:signatureEnd], raw[signatureEnd:]
	if !hmac.Equal(signature, s.signature(scope, payload)) {
		return nil, ErrBadCursor
	}
	// The decoder skips line breaks and the unused bits of the last character; a cursor has one spelling only.
	if base64.RawURLEncoding.EncodeToString(raw) != cursor {
		return nil, ErrBadCursor
	}
	var position map[string]string
	if json.Unmarshal(payload, &position) != nil {
		return nil, ErrBadCursor
	}
	return position, nil
}

// signature covers version, scope and payload. The length of the scope goes first, so that no byte can move from the one to
// the other.
func (s Signer) signature(scope string, payload []byte) []byte {
	if len(s.key) < keyBytesMin {
		panic("page: a Signer that NewSigner did not make")
	}
	mac := hmac.New(sha256.New, s.key)
	head := binary.BigEndian.AppendUint64([]byte{version}, uint64(len(scope)))
	mac.Write(append(head, scope...))
	mac.Write(payload)
	return mac.Sum(nil)
}
