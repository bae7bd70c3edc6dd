// Command newop scaffolds an operation: its file with spec and handler, the twin test, and its line in the domain's list of
// operations. What it writes compiles and passes; the author then says what the operation is really about.
//
//	go run ./scripts/newop -domain finance -name record-valuation -kind command
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
)

func main() {
	var o options
	root := flag.String("root", ".", "folder of the module")
	flag.StringVar(&o.Domain, "domain", "", "domain, e.g. finance")
	flag.StringVar(&o.Name, "name", "", "verb-noun, e.g. record-valuation")
	flag.StringVar(&o.Kind, "kind", "command", "command, query, task, subscriber or job")
	flag.StringVar(&o.Plural, "plural", "", "the noun's plural, where it is not made with -s")
	flag.StringVar(&o.On, "on", "", "event type that a subscriber takes")
	flag.Parse()
	if err := run(*root, o); err != nil {
		fmt.Fprintln(os.Stderr, "newop:", err)
		os.Exit(1)
	}
}

func run(root string, o options) error {
	files, err := scaffold(root, o)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(files))
	for n := range files {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		if err := os.WriteFile(filepath.Join(root, n), files[n], 0o600); err != nil {
			return err
		}
		fmt.Println("wrote", n)
	}
	fmt.Printf(`
%s compiles and is tested. Next:
  1. say in its file what it takes, does and answers, and in its test what must hold;
  2. make gen costs      its main, OpenAPI, tables, stack and what a call costs follow;
  3. add its line to the golden files that a person answers for, as their tests ask;
  4. make test check
`, o.Domain+"."+o.Name)
	return nil
}
