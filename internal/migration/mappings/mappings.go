package mappings

import (
	"embed"
	"strings"
)

// extension is what the name of a mapping's file ends with.
const extension = ".json"

//go:embed *.json
var files embed.FS

// Mapping returns the JSON of the mapping called name, a copy that the caller owns. It reports false when there is none.
func Mapping(name string) ([]byte, bool) {
	data, err := files.ReadFile(name + extension)
	return data, err == nil
}

// Names returns the names of all mappings in order.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic("mappings: " + err.Error()) // the root of an embedded folder can always be read
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), extension)
	}
	return names
}

// Key returns what a cell is matched by: its text in lower case, without white space at its ends and with every run of white
// space inside as one space.
func Key(cell string) string {
	return strings.ToLower(strings.Join(strings.Fields(cell), " "))
}
