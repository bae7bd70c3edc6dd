package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	stage  = "proof"
	prefix = "backoffice-" + stage
	// stacksAtOnce is how many stacks are deployed side by side, as far as they do not wait for one another.
	stacksAtOnce = "4"
)

// outputs are what the deployed stacks say of themselves.
type outputs struct {
	urls   map[string]string // by domain
	pool   string
	client string
}

// deploy bootstraps the emulator's account and deploys every stack that it takes, as an operator does.
func deploy(ctx context.Context, t *tools, e *emulator, a *assembly) (outputs, error) {
	empty, err := os.MkdirTemp("", "bootstrap") // no cdk.json there: bootstrapping needs no app
	if err != nil {
		return outputs{}, err
	}
	defer func() { _ = os.RemoveAll(empty) }()
	if err := t.commandIn(ctx, empty, e.credentials(), "cdk", "bootstrap", "--notices=false", "aws://"+account+"/"+region); err != nil {
		return outputs{}, err
	}
	file := filepath.Join(t.root, "build", "outputs.json")
	args := append([]string{"deploy", "--exclusively", "--app", a.dir, "--build", "true", "--require-approval", "never", "--notices=false", "--progress", "events", "--concurrency", stacksAtOnce,
		"--outputs-file", file}, a.stacks...)
	if err := t.command(ctx, e.credentials(), "cdk", args...); err != nil {
		return outputs{}, err
	}
	return readOutputs(file)
}

func readOutputs(file string) (outputs, error) {
	var stacks map[string]map[string]string
	if err := readJSON(file, &stacks); err != nil {
		return outputs{}, err
	}
	o := outputs{urls: map[string]string{}}
	for stack, values := range stacks {
		if url := values["Url"]; url != "" {
			o.urls[strings.TrimPrefix(stack, prefix+"-")] = url
		}
	}
	identity := stacks[prefix+"-identity"]
	o.pool, o.client = identity["UserPoolId"], identity["ClientId"]
	if o.pool == "" || o.client == "" || len(o.urls) == 0 {
		return o, fmt.Errorf("the stacks' outputs lack something: %v", stacks)
	}
	return o, nil
}
