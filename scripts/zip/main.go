// Command zip builds the functions' bootstraps and packs each into a zip that Lambda takes. It runs before synth, as the build
// step of cdk.json: one `go build` a domain, and zips that are the same, byte for byte, for the same input.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"backoffice/scripts/zip/bootstrap"
)

func main() {
	o := bootstrap.Options{}
	flag.StringVar(&o.Root, "root", ".", "folder of the module")
	flag.StringVar(&o.Arch, "arch", bootstrap.ReleaseArch, "architecture of the functions")
	quick := flag.Bool("quick", false, "keep Go's build ids, so that what has not changed is not linked again; not for release")
	flag.Parse()
	o.Release = !*quick
	start := time.Now()
	done, err := bootstrap.PackAll(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "zip:", err)
		os.Exit(1)
	}
	var bytes int64
	for _, p := range done {
		bytes += p.Bytes
	}
	fmt.Fprintf(os.Stderr, "zip: %d functions for %s, %.1f MB, %.1f s\n", len(done), o.Arch, float64(bytes)/1e6, time.Since(start).Seconds())
}
