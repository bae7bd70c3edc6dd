package finance

import (
	"reflect"
	"strconv"
	"testing"
)

// What the tag states, which a caller is told and held to, is what the constant says.
func TestTagsStateTheLimits(t *testing.T) {
	lines, _ := reflect.TypeFor[JournalFields]().FieldByName("Lines")
	if got := lines.Tag.Get("maxItems"); got != strconv.Itoa(journalLinesMax) {
		t.Errorf("a journal has at most %s lines by its tag, %d by the constant", got, journalLinesMax)
	}
}
