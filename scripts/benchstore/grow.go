package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// smallItems is the size that growth is measured from.
const smallItems = 10_000

// growth is what a store costs at its full size, and how much slower it is
// than the same store with smallItems.
type growth struct {
	items              int
	put, get           [2]sample // small, grown; by one client
	memoryLoaded       int64     // bytes resident after the load
	memoryMax          int64     // the most ever resident
	diskBytes          uint64    // after compaction
	loadSeconds        float64
	compactSeconds     float64
	openedMilliseconds float64
}

// grow loads a store of its own process, looks at its memory, and compares it
// after compaction with a small one, both in this process and in turns.
func grow(ctx context.Context, s settings, dir string, page *report) (err error) {
	large, small := filepath.Join(dir, "large"), filepath.Join(dir, "small")
	g := growth{items: s.items}
	if err := loadInChild(ctx, large, s.items, &g); err != nil {
		return err
	}
	var stores []*contender
	for i, at := range []string{small, large} {
		from := time.Now()
		engine, err := open(at) //nolint:contextcheck // a store outlives the call that opens it
		if err != nil {
			return err
		}
		g.openedMilliseconds = float64(time.Since(from).Microseconds()) / 1000
		defer func() { err = errors.Join(err, engine.Close()) }()
		c, err := newContender(ctx, at, "http://store.invalid", engine.RoundTripper())
		if err != nil {
			return err
		}
		c.next = []int{smallItems, s.items}[i]
		if i == 0 {
			if err := c.load(ctx, 0, smallItems); err != nil {
				return err
			}
		}
		from = time.Now()
		if err := errors.Join(engine.Flush(), engine.Compact(ctx)); err != nil {
			return err
		}
		g.compactSeconds = time.Since(from).Seconds()
		g.diskBytes = engine.Stats().DiskBytes
		stores = append(stores, c)
	}
	all := works(ctx, s.puts)
	for _, w := range []struct {
		work
		into *[2]sample
	}{{all[0], &g.put}, {all[2], &g.get}} {
		samples, err := byOnes(s.blocks, stores, w.work)
		if err != nil {
			return err
		}
		*w.into = [2]sample(samples)
	}
	page.growth = &g
	fmt.Printf("%+v\n", g)
	return nil
}

// loadInChild fills a store that a process of its own serves, so that its
// memory can be told from the clients'.
func loadInChild(ctx context.Context, dir string, items int, g *growth) (err error) {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, program, "-serve", dir) //nolint:gosec // this program itself
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, command.Process.Signal(syscall.SIGTERM), command.Wait()) }()
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the store did not start: %w", err)
	}
	c, err := newContender(ctx, "child", "http://"+strings.TrimSpace(line), nil)
	if err != nil {
		return err
	}
	from := time.Now()
	if err := c.load(ctx, 0, items); err != nil {
		return err
	}
	g.loadSeconds = time.Since(from).Seconds()
	random := rand.New(rand.NewPCG(3, 3)) //nolint:gosec // not for secrets
	for range smallItems {
		if err := c.get(ctx, random.IntN(items)); err != nil {
			return err
		}
	}
	g.memoryLoaded, g.memoryMax = residentBytes(command.Process.Pid, "VmRSS:"), residentBytes(command.Process.Pid, "VmHWM:")
	return nil
}

// residentBytes reads a process's memory where the system tells it, else 0.
func residentBytes(pid int, field string) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) == 3 && words[0] == field {
			kilobytes, err := strconv.ParseInt(words[1], 10, 64)
			if err != nil {
				return 0
			}
			return kilobytes << 10
		}
	}
	return 0
}

// serveStore serves a store until it is asked to end; the first line it
// writes is its address.
func serveStore(ctx context.Context, dir string) error {
	engine, err := open(dir) //nolint:contextcheck // a store outlives the call that opens it
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, engine.Close())
	}
	fmt.Println(listener.Addr())
	server := &http.Server{Handler: engine.Handler(keyID, secret), ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = server.Shutdown(context.WithoutCancel(ctx))
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(err, engine.Close())
	}
	return engine.Close()
}
