package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// machines gives the state machines to check: every file that a domain keeps, and every definition as it stands in a template,
// written out beside it.
func machines(templates []string) ([]string, error) {
	var out []string
	err := filepath.WalkDir("internal", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".asl.json") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, errors.New("no state machine was found below internal/")
	}
	for _, t := range templates {
		written, err := definitions(t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t, err)
		}
		out = append(out, written...)
	}
	return out, nil
}

// definitions writes out the definitions in a template, each to a file of its own.
func definitions(template string) ([]string, error) {
	raw, err := os.ReadFile(template)
	if err != nil {
		return nil, err
	}
	var t struct {
		Resources map[string]struct {
			Type       string
			Properties struct{ DefinitionString, DefinitionBody any }
		}
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, err
	}
	var out []string
	for id, r := range t.Resources {
		if r.Type != "AWS::StepFunctions::StateMachine" {
			continue
		}
		definition, err := deployed(r.Properties.DefinitionString)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		path := strings.TrimSuffix(template, ".template.json") + "." + id + ".asl.json"
		if err := os.WriteFile(path, []byte(definition), 0o600); err != nil {
			return nil, err
		}
		out = append(out, path)
	}
	return out, nil
}

// placeholderARN stands where a template has something that is known only when it is deployed.
const placeholderARN = "arn:aws:lambda:eu-west-2:000000000000:function:placeholder"

// surroundings stand for what every template knows of where it is deployed.
var surroundings = map[string]string{"AWS::Partition": "aws", "AWS::Region": "eu-west-2", "AWS::AccountId": "000000000000", "AWS::URLSuffix": "amazonaws.com"}

// deployed renders a definition as CloudFormation would, with a placeholder for what only it can know.
func deployed(v any) (string, error) {
	switch t := v.(type) {
	case string:
		return t, nil
	case map[string]any:
		if join, ok := t["Fn::Join"].([]any); ok && len(join) == 2 {
			return joined(join)
		}
		if sub, ok := t["Fn::Sub"].([]any); ok && len(sub) > 0 {
			return deployed(sub[0])
		}
		if sub, ok := t["Fn::Sub"].(string); ok {
			return sub, nil
		}
		if name, ok := t["Ref"].(string); ok && surroundings[name] != "" {
			return surroundings[name], nil
		}
		// another reference, which is known only when it is deployed
		return placeholderARN, nil
	}
	return "", fmt.Errorf("a definition that is neither text nor made of texts: %v", v)
}

func joined(join []any) (string, error) {
	separator, _ := join[0].(string)
	list, ok := join[1].([]any)
	if !ok {
		return "", fmt.Errorf("texts that are not listed: %v", join[1])
	}
	parts := make([]string, 0, len(list))
	for _, e := range list {
		part, err := deployed(e)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, separator), nil
}
