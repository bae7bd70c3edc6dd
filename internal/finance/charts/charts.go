package charts

import (
	"embed"
	"strings"
)

// extension is what the name of a template's file ends with.
const extension = ".json"

//go:embed *.json
var files embed.FS

// Template returns the JSON of the template called name, a copy that the caller owns. It reports false when there is none.
func Template(name string) ([]byte, bool) {
	data, err := files.ReadFile(name + extension)
	return data, err == nil
}

// Names returns the names of all templates in order.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic("charts: " + err.Error()) // the root of an embedded folder can always be read
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), extension)
	}
	return names
}
