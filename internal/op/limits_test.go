package op

import (
	"reflect"
	"strconv"
	"testing"

	"backoffice/internal/page"
)

// What the tags state, which a caller is told and held to, is what the constants say, which the code goes by.
func TestTagsStateTheLimits(t *testing.T) {
	limit, _ := reflect.TypeFor[PageOf]().FieldByName("Limit")
	whole, _ := reflect.TypeFor[Items[None]]().FieldByName("Items")
	loose, _ := reflect.TypeFor[looseItems]().FieldByName("Items")
	for _, c := range []struct {
		field reflect.StructField
		tag   string
		want  int
	}{
		{limit, "default", page.LimitDefault}, {limit, "maximum", page.LimitMax}, {whole, "maxItems", BatchItemsMax}, {loose, "maxItems", BatchItemsMax},
	} {
		if got := c.field.Tag.Get(c.tag); got != strconv.Itoa(c.want) {
			t.Errorf("%s has %s %q, want %d", c.field.Name, c.tag, got, c.want)
		}
	}
}
