package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const stage = "proof"

// outputs are what the deployed stacks say of themselves.
type outputs struct {
	stacks map[string]map[string]string
	urls   map[string]string // by domain
	pool   string
	client string
}

// deploy bootstraps the emulator's account and deploys every stack, as an operator does.
func deploy(ctx context.Context, t *tools, e *emulator) (outputs, error) {
	empty, err := os.MkdirTemp("", "bootstrap") // no cdk.json there: bootstrapping needs no app
	if err != nil {
		return outputs{}, err
	}
	defer func() { _ = os.RemoveAll(empty) }()
	if err := t.commandIn(ctx, empty, e.credentials(), "cdk", "bootstrap", "--notices=false", "aws://"+account+"/"+region); err != nil {
		return outputs{}, err
	}
	file := filepath.Join(t.root, "build", "outputs.json")
	err = t.command(ctx, e.credentials(), "cdk", "deploy", "--all", "--require-approval", "never", "--notices=false", "--progress", "events", "--build", "true",
		"--context", "stage="+stage, "--context", "arch="+runtime.GOARCH, "--output", filepath.Join(t.root, "build", "cdk.out"), "--outputs-file", file)
	if err != nil {
		return outputs{}, err
	}
	return readOutputs(file)
}

func readOutputs(file string) (outputs, error) {
	o := outputs{urls: map[string]string{}}
	raw, err := os.ReadFile(file)
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(raw, &o.stacks); err != nil {
		return o, err
	}
	prefix := "backoffice-" + stage + "-"
	for stack, values := range o.stacks {
		if url := values["Url"]; url != "" {
			o.urls[strings.TrimPrefix(stack, prefix)] = url
		}
	}
	shared := o.stacks[prefix+"shared"]
	o.pool, o.client = shared["UserPoolId"], shared["ClientId"]
	if o.pool == "" || o.client == "" || len(o.urls) == 0 {
		return o, fmt.Errorf("the stacks' outputs lack something: %s", raw)
	}
	return o, nil
}
