//go:build !unix

package main

import "time"

// processorTime is what this process has used of all processors; 0 where the
// system does not say.
func processorTime() time.Duration { return 0 }
