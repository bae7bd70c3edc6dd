package watch_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/cloudtest"
	"backoffice/infra/cloud/watch"
	"backoffice/internal/catalog"
)

const (
	moduleRoot = "../../.."
	prefix     = "backoffice-test"
)

func TestMain(m *testing.M) { cloudtest.Main(m, moduleRoot) }

// synth makes everything that watches, over the real catalogue, with two queues to stand beside and an edge.
var synth = sync.OnceValues(func() (map[string]cloudtest.Template, error) {
	dir, err := os.MkdirTemp("", "watch")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(dir)})
	s := watch.Stage{Prefix: prefix, Tables: prefix, Name: "test", Email: "night@example.com", BudgetUSD: 200, About: jsii.String("api-of-about")}
	for _, d := range catalog.Domains() {
		s.Domains = append(s.Domains, watch.Domain{Domain: d, API: jsii.String("api-of-" + d.Name)})
	}
	stack := func(name string) awscdk.Stack {
		return awscdk.NewStack(app, jsii.String(prefix+"-"+name), &awscdk.StackProps{StackName: jsii.String(prefix + "-" + name)})
	}
	base := stack("finance-1")
	dead := awssqs.NewCfnQueue(base, jsii.String("DeadLetters"), nil)
	awssqs.NewCfnQueue(base, jsii.String("Letters"), &awssqs.CfnQueueProps{RedrivePolicy: map[string]any{"deadLetterTargetArn": dead.AttrArn(), "maxReceiveCount": 5}})
	s.Beside(app)
	s.Watch(stack("watch"))
	s.Account(stack("watch-queries"))
	s.Edge(stack("watch-edge"), "All")
	s.Backup(stack("backup"), prefix)
	return cloudtest.Read(app.Synth(nil))
})

func templates(t *testing.T) map[string]cloudtest.Template {
	t.Helper()
	all, err := synth()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// alarms gives every alarm, those of alarms among them, by name.
func alarms(t *testing.T) map[string]cloudtest.Resource {
	t.Helper()
	out := map[string]cloudtest.Resource{}
	for _, tpl := range templates(t) {
		for _, kind := range []string{"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"} {
			for id, a := range tpl.OfType(kind) {
				name := a.Text("AlarmName")
				if _, twice := out[name]; twice || name == "null" {
					t.Errorf("%s: the name %s is taken", id, name)
				}
				out[name] = a
			}
		}
	}
	return out
}

// pages gives the texts of the alarms' pages by name.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(moduleRoot, "docs/runbooks/alarm-*.md"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range found {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "alarm-"), ".md")] = string(raw)
	}
	return out
}

// dashboard is a dashboard's body, as far as tests look.
type dashboard struct {
	Widgets []struct {
		Type                string
		X, Y, Width, Height int
		Properties          struct {
			Title   string
			Metrics []json.RawMessage
		}
	}
}

// dashboards gives the bodies by name, with a word in place of what is known only when deployed.
func dashboards(t *testing.T) map[string]dashboard {
	t.Helper()
	out := map[string]dashboard{}
	for _, r := range templates(t)[prefix+"-watch"].OfType("AWS::CloudWatch::Dashboard") {
		text := r.Text("DashboardBody")
		if body, ok := r.Properties["DashboardBody"].(map[string]any); ok {
			join, _ := body["Fn::Join"].([]any)
			parts, _ := join[1].([]any)
			text = ""
			for _, p := range parts {
				if s, isText := p.(string); isText {
					text += s
				} else {
					text += "deployed"
				}
			}
		}
		var d dashboard
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatalf("%s: %v\n%s", r.Text("DashboardName"), err, text)
		}
		out[r.Text("DashboardName")] = d
	}
	return out
}
