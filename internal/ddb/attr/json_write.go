package attr

import (
	"encoding/base64"

	"backoffice/internal/ddb/wire"
)

// AppendJSON appends the item as a JSON object.
func (it Item) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for i := range it {
		dst = wire.AppendKey(dst, it[i].Name)
		dst = it[i].Value.AppendJSON(dst)
	}
	return append(dst, '}')
}

// AppendJSON appends the value, such as {"S":"text"}.
func (v Value) AppendJSON(dst []byte) []byte {
	dst = appendTypeKey(dst, v.Type)
	switch v.Type {
	case S, N, B:
		dst = appendScalar(dst, v.Type, v.Str)
	case Bool:
		dst = appendBool(dst, v.Bool)
	case Null:
		dst = appendBool(dst, true)
	case M:
		dst = v.Map.AppendJSON(dst)
	default:
		dst = append(dst, '[')
		for i := range v.List {
			dst = wire.AppendComma(dst)
			if v.Type == L {
				dst = v.List[i].AppendJSON(dst)
			} else {
				dst = appendScalar(dst, v.List[i].Type, v.List[i].Str)
			}
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

func appendTypeKey(dst []byte, t Type) []byte {
	dst = append(dst, '{', '"')
	dst = append(dst, t.String()...)
	return append(dst, '"', ':')
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, "true"...)
	}
	return append(dst, "false"...)
}

func appendScalar(dst []byte, t Type, s string) []byte {
	switch t {
	case N:
		dst = append(dst, '"')
		dst = Value{Type: N, Str: s}.Num().AppendText(dst)
		return append(dst, '"')
	case B:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, []byte(s))
		return append(dst, '"')
	}
	return wire.AppendString(dst, s)
}
