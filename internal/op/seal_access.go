package op

// SealAction is a set of things that an operation does with encrypted fields; each is an action on the key of fields.
type SealAction uint8

// The actions on encrypted fields.
const (
	SealField SealAction = 1 << iota // encrypt a field
	OpenField                        // decrypt one
)

// MaySeal tells whether the operation's spec declares an action on encrypted fields.
func (s Spec) MaySeal(do SealAction) bool { return s.Seals&do == do }
