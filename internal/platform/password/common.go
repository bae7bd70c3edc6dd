package password

import (
	_ "embed" // the words
	"strings"
	"unicode"
)

// commonText holds the words that lists of leaked passwords are made of, one to a line, in lower case.
//
//go:embed common.txt
var commonText string

// Common tells whether a password is one of those that are tried first: a well-known word or run of keys, as it is, written
// with the usual look-alikes, or with figures and marks before or behind it; one character over and over; or, of the given
// personal words such as an e-mail address, one and nothing more.
func Common(password string, personal ...string) bool {
	plain := strings.ToLower(password)
	if repeats(plain) || runs(plain) {
		return true
	}
	for _, p := range personal {
		local, _, _ := strings.Cut(strings.ToLower(p), "@")
		if p != "" && (plain == strings.ToLower(p) || core(local) != "" && core(plain) == core(local)) {
			return true
		}
	}
	words := commonWords()
	bare := strings.TrimRightFunc(plain, notLetter)
	for _, form := range []string{plain, core(plain), core(likened(plain)), likened(core(plain)), likened(bare)} {
		if words[form] {
			return true
		}
	}
	return false
}

func commonWords() map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsSeq(commonText) {
		words[w] = true
	}
	return words
}

// core is a word without the figures and marks around it, and once where it stands twice.
func core(s string) string {
	s = strings.TrimFunc(s, notLetter)
	if half := len(s) / 2; len(s) >= 6 && len(s)%2 == 0 && s[:half] == s[half:] {
		return s[:half]
	}
	return s
}

func notLetter(c rune) bool { return !unicode.IsLetter(c) }

func likened(s string) string {
	return strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i").Replace(s)
}

// repeats tells whether a text is a piece of up to four characters, over and over.
func repeats(s string) bool {
	chars := []rune(s)
	for size := 1; size <= 4 && size*2 <= len(chars); size++ {
		same := true
		for i := size; i < len(chars) && same; i++ {
			same = chars[i] == chars[i-size]
		}
		if same {
			return true
		}
	}
	return false
}

// runs tells whether each character follows on the one before, up or down: 12345678, hgfedcba, 98765432.
func runs(s string) bool {
	chars := []rune(s)
	if len(chars) < 3 {
		return false
	}
	step := chars[1] - chars[0]
	if step != 1 && step != -1 {
		return false
	}
	for i := 1; i < len(chars); i++ {
		next := chars[i-1] + step
		if chars[i-1] == '9' && step == 1 {
			next = '0'
		}
		if chars[i] != next {
			return false
		}
	}
	return true
}
