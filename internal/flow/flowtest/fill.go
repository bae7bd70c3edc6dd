package flowtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var intrinsic = regexp.MustCompile(`^States\.(Format|MathAdd)\((.*)\)$`)

// fill gives parameters their values: a member whose name ends in ".$" is a path or a call of a function.
func (p Player) fill(v, data any) any {
	members, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := map[string]any{}
	for name, inner := range members {
		plain, computed := strings.CutSuffix(name, ".$")
		if !computed {
			out[name] = p.fill(inner, data)
			continue
		}
		text, _ := inner.(string)
		out[plain] = p.compute(text, data)
	}
	return out
}

func (p Player) compute(text string, data any) any {
	p.T.Helper()
	call := intrinsic.FindStringSubmatch(text)
	if call == nil {
		return p.at(text, data)
	}
	args := strings.Split(call[2], ", ")
	if call[1] == "MathAdd" {
		var sum int64
		for _, a := range args {
			n, err := strconv.ParseInt(p.text(a, data), 10, 32) // as little as the function takes
			if err != nil {
				p.T.Fatalf("%s: %v", text, err)
			}
			sum += n
		}
		return json.Number(strconv.FormatInt(sum, 10))
	}
	out := strings.Trim(args[0], "'")
	for _, a := range args[1:] {
		out = strings.Replace(out, "{}", p.text(a, data), 1)
	}
	return out
}

// text is an argument as it is written into a string.
func (p Player) text(arg string, data any) string {
	if !strings.HasPrefix(arg, "$") {
		return arg
	}
	return fmt.Sprint(p.at(arg, data))
}

// at looks up a path; one that leads nowhere fails the execution, and here the test.
func (p Player) at(path string, data any) any {
	p.T.Helper()
	if path == "$$.StateMachine.Id" {
		return p.Machine.Name
	}
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "$."), ".") {
		members, _ := data.(map[string]any)
		v, there := members[name]
		if !there {
			p.T.Fatalf("%s leads nowhere", path)
		}
		data = v
	}
	return data
}
