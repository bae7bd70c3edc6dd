package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"backoffice/scripts/gen/source"
)

// options say which operation to scaffold.
type options struct{ Domain, Name, Kind, Plural, On string }

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)

// scaffold makes the operation's files and the changed list, by their paths in the module. It overwrites nothing.
func scaffold(root string, o options) (map[string][]byte, error) {
	if !nameForm.MatchString(o.Name) {
		return nil, fmt.Errorf("-name %q: it must be verb-noun in small letters", o.Name)
	}
	body, known := bodies[o.Kind]
	if !known {
		return nil, fmt.Errorf("-kind %q: it must be command, query, task, subscriber or job", o.Kind)
	}
	if (o.Kind == "subscriber") != (o.On != "") {
		return nil, errors.New("-on: a subscriber, and only a subscriber, names the event type that it takes")
	}
	dir := filepath.Join("internal", o.Domain)
	if o.Domain == "" || !isFolder(filepath.Join(root, dir)) {
		return nil, fmt.Errorf("-domain %q: there is no folder %s", o.Domain, dir)
	}
	file := filepath.Join(dir, strings.ReplaceAll(o.Name, "-", "_"))
	for _, f := range []string{file + ".go", file + "_test.go"} {
		if _, err := os.Stat(filepath.Join(root, f)); err == nil {
			return nil, fmt.Errorf("%s exists", f)
		}
	}
	d := dataOf(o)
	out := map[string][]byte{}
	for name, text := range map[string]string{file + ".go": body, file + "_test.go": testBody} {
		var b bytes.Buffer
		if err := parsed(text).Execute(&b, d); err != nil {
			return nil, err
		}
		formatted, err := format.Source(b.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = formatted
	}
	list, content, err := addToList(root, dir, d.Value)
	if err != nil {
		return nil, err
	}
	out[list] = content
	return out, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// data is what the texts are filled with.
type data struct {
	options
	Value, Handler string // RecordValuation, recordValuation
	Noun, Nouns    string // valuation, valuations: as sentences say them
	Verb           string
	Path           string // valuations: as addresses say it
	Route          string
}

func dataOf(o options) data {
	verb, noun, _ := strings.Cut(o.Name, "-")
	plural := o.Plural
	switch {
	case plural != "":
	case strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ey"):
		plural = strings.TrimSuffix(noun, "y") + "ies"
	case strings.HasSuffix(noun, "s"):
		plural = noun
	case strings.HasSuffix(noun, "x"), strings.HasSuffix(noun, "ch"), strings.HasSuffix(noun, "sh"):
		plural = noun + "es"
	default:
		plural = noun + "s"
	}
	value := source.Exported(o.Domain + "." + o.Name)
	d := data{options: o, Value: value, Handler: strings.ToLower(value[:1]) + value[1:], Verb: verb, Noun: strings.ReplaceAll(noun, "-", " "),
		Nouns: strings.ReplaceAll(plural, "-", " "), Path: plural, Route: "/" + o.Domain + "/v1/" + plural}
	if verb != "create" && verb != "list" {
		d.Route += "/" + verb
	}
	return d
}

// addToList puts the operation at the end of the list that the domain's func Operations returns.
func addToList(root, dir, value string) (name string, content []byte, err error) {
	entries, err := os.ReadDir(filepath.Join(root, dir))
	if err != nil {
		return "", nil, err
	}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(root, dir, e.Name()))
		if err != nil {
			return "", nil, err
		}
		at, found, err := endOfList(raw)
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		if found {
			changed, err := format.Source([]byte(string(raw[:at]) + "\n&" + value + ",\n" + string(raw[at:])))
			return filepath.Join(dir, e.Name()), changed, err
		}
	}
	return "", nil, fmt.Errorf("%s has no func Operations", dir)
}

// endOfList finds the place after the last element of the list that func Operations returns.
func endOfList(src []byte) (offset int, found bool, err error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "", src, parser.SkipObjectResolution)
	if err != nil {
		return 0, false, err
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Name.Name != "Operations" || fn.Recv != nil {
			continue
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			if list, ok := n.(*ast.CompositeLit); ok && !found && len(list.Elts) > 0 {
				end := set.Position(list.Elts[len(list.Elts)-1].End()).Offset
				comma := bytes.IndexByte(src[end:], ',')
				brace := bytes.IndexByte(src[end:], '}')
				if comma >= 0 && comma < brace {
					offset, found = end+comma+1, true
				}
			}
			return !found
		})
	}
	return offset, found, nil
}
