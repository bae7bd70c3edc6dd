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
)

// outputs are what the deployed stacks say of themselves.
type outputs struct {
	urls   map[string]string // by domain
	pool   string
	client string
}

// bootstrap readies the emulator's account for the CDK.
func bootstrap(ctx context.Context, t *tools, e *emulator) error {
	empty, err := os.MkdirTemp("", "bootstrap") // no cdk.json there: bootstrapping needs no app
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(empty) }()
	return t.commandIn(ctx, empty, e.credentials(), "cdk", "bootstrap", "--notices=false", "aws://"+account+"/"+region)
}

// deploy deploys every stack of an assembly that the emulator takes, by the program that operators deploy by.
func deploy(ctx context.Context, t *tools, e *emulator, a *assembly) (outputs, error) {
	file := filepath.Join(t.root, "build", "outputs.json")
	if _, err := operate(ctx, t, e, "deploy", "-stage", stage, "-assembly", a.dir, "-leave-out", strings.Join(a.others(), ","), "-outputs", file); err != nil {
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
