package ddb_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/ddb"
)

const (
	crashChildVariable  = "DDB_CRASH_CHILD"
	crashRoundsVariable = "DDB_CRASH_ROUNDS"
	crashClients        = 8
)

// crashChild writes until it is killed. Each line of its output is a write
// that the store acknowledged: "client number", where odd numbers are pairs of
// items in one transaction.
func crashChild(dir string) {
	e, err := ddb.Open(ddb.Options{Dir: dir})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s := clients(e)
	start, err := strconv.Atoi(os.Getenv("DDB_CRASH_START"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var out sync.Mutex
	for c := range crashClients {
		go func() {
			for n := start; ; n++ {
				if err := s.crashWrite(c, n); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				out.Lock()
				fmt.Printf("%d %d\n", c, n)
				out.Unlock()
			}
		}()
	}
	select {}
}

// crashItem is the nth item of a client; half is "a", or "b" for the other of
// a pair.
func crashItem(c, n int, half string) item {
	return item(itemOf(key(fmt.Sprintf("client%d", c), fmt.Sprintf("%06d%s", n, half))).
		with("gk", str("g"+strconv.Itoa(n%7))).with("gs", num(strconv.Itoa(n))).with("fill", str(strings.Repeat("z", 300))))
}

func (s *store) crashWrite(c, n int) error {
	if n%2 == 0 {
		return s.tryPut(crashItem(c, n, "a"))
	}
	put := func(half string) types.TransactWriteItem {
		return types.TransactWriteItem{Put: &types.Put{TableName: aws.String("tab"), Item: crashItem(c, n, half)}}
	}
	_, err := s.TransactWriteItems(context.Background(), &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{put("a"), put("b")}})
	return err
}

// Killed at any moment, the store loses nothing that it acknowledged and tears
// no transaction; table, index, stream and counts agree.
func TestKill(t *testing.T) {
	rounds := 5
	if v := os.Getenv(crashRoundsVariable); v != "" {
		var err error
		if rounds, err = strconv.Atoi(v); err != nil {
			t.Fatal(err)
		}
	}
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("%d rounds, seed %d", rounds, seed)
	o := ddb.Options{Dir: t.TempDir()}
	first := open(t, o)
	first.table(t, "tab")
	if err := first.e.Close(); err != nil {
		t.Fatal(err)
	}
	acked := map[[2]int]bool{}
	for round := range rounds {
		// Numbers of each round are its own, far from the round before.
		killRound(t, o.Dir, round*100_000, 20+rng.IntN(400), acked)
		checkKilled(t, o, acked)
	}
	t.Logf("%d acknowledged writes, none lost", len(acked))
}

// killRound runs a child and kills it after some acknowledged writes.
func killRound(t *testing.T, dir string, start, writes int, acked map[[2]int]bool) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), crashChildVariable+"="+dir, "DDB_CRASH_START="+strconv.Itoa(start))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	seen := 0
	for lines.Scan() { // goes on to the end: what was said before the kill counts
		var c, n int
		if _, err := fmt.Sscanf(lines.Text(), "%d %d", &c, &n); err != nil {
			break // the kill cut the line
		}
		acked[[2]int{c, n}] = true
		if seen++; seen == writes {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || seen < writes {
		t.Fatalf("the child ended by itself after %d writes: %v", seen, err)
	}
}

func checkKilled(t *testing.T, o ddb.Options, acked map[[2]int]bool) {
	t.Helper()
	e, err := ddb.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	s := clients(e)
	s.checkAgreement(t)
	there := map[string]bool{}
	var start item
	for {
		page, err := s.Scan(context.Background(), &dynamodb.ScanInput{TableName: aws.String("tab"), ExclusiveStartKey: start})
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range page.Items {
			there[textOf(it["pk"])+textOf(it["sk"])] = true
		}
		if start = page.LastEvaluatedKey; start == nil {
			break
		}
	}
	has := func(c, n int, half string) bool { return there[fmt.Sprintf("client%d%06d%s", c, n, half)] }
	for w := range acked {
		if !has(w[0], w[1], "a") || w[1]%2 == 1 && !has(w[0], w[1], "b") {
			t.Fatalf("client %d's write %d was acknowledged and is lost", w[0], w[1])
		}
	}
	for k := range there {
		var c, n int
		var half string
		if _, err := fmt.Sscanf(k, "client%1d%06d%s", &c, &n, &half); err != nil {
			t.Fatal(k, err)
		}
		if n%2 == 1 && has(c, n, "a") != has(c, n, "b") {
			t.Fatalf("client %d's transaction %d is torn", c, n)
		}
	}
}
