package watch

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/jobs"
	"backoffice/internal/metrics"
)

const (
	gridColumns  = 24
	widgetWidth  = 8
	widgetHeight = 6
	titleHeight  = 2
	daySeconds   = 24 * 60 * 60
	minute5      = 300
)

// widget is a widget of a dashboard as CloudWatch takes it; its place is given when the dashboard is laid out.
type widget map[string]any

// graph draws lines over time.
func graph(stack awscdk.Stack, title string, period int, lines ...any) widget {
	return widget{"type": "metric", "properties": map[string]any{"title": title, "region": stack.Region(), "view": "timeSeries", "period": period, "metrics": lines}}
}

// line is one metric of a graph.
func line(m *metric, label string) any {
	out := []any{m.namespace, m.name}
	for _, d := range m.dimensions {
		out = append(out, d.name, d.value)
	}
	return append(out, map[string]any{"stat": m.statistic, "label": label})
}

// asked is a graph's line, or lines, by a query or a search.
func asked(expression, label string) any {
	return []any{map[string]any{"expression": expression, "label": label}}
}

// lay places widgets from left to right and from top to bottom, under a line that says what they are about.
func lay(heading string, widgets []widget) map[string]any {
	out := []any{widget{"type": "text", "x": 0, "y": 0, "width": gridColumns, "height": titleHeight, "properties": map[string]any{"markdown": heading}}}
	for i, w := range widgets {
		w["x"], w["y"] = i*widgetWidth%gridColumns, titleHeight+i*widgetWidth/gridColumns*widgetHeight
		w["width"], w["height"] = widgetWidth, widgetHeight
		out = append(out, w)
	}
	return map[string]any{"widgets": out}
}

func (s Stage) dashboard(stack awscdk.Stack, name, heading string, widgets []widget) {
	awscloudwatch.NewCfnDashboard(stack, jsii.String(construct.LogicalName(name)+"Dashboard"), &awscloudwatch.CfnDashboardProps{
		DashboardName: jsii.String(s.Prefix + "-" + name), DashboardBody: stack.ToJsonString(lay(heading, widgets), nil)})
}

// domainDashboard shows how a domain fares: what people notice first, then what it may come from.
func (s Stage) domainDashboard(stack awscdk.Stack, d Domain) {
	own := func(n metrics.Name, statistic, label string) any { return line(s.own(d.Name, n, statistic), label) }
	table := func(name, statistic string) *metric {
		return &metric{namespace: "AWS/DynamoDB", name: name, statistic: statistic, dimensions: []dimension{{"TableName", jsii.String(s.Tables + "-" + d.Name)}}}
	}
	worst := func(function string, n metrics.Name) any {
		return asked(s.byOperation(function, n, d.Name)+" LIMIT 10", "")
	}
	widgets := []widget{
		graph(stack, "Calls", minute5, own(metrics.Calls, "Sum", "calls"), own(metrics.Replays, "Sum", "replays"), own(metrics.ColdStarts, "Sum", "cold starts")),
		graph(stack, "Latency, ms", minute5, own(metrics.Latency, "p50", "p50"), own(metrics.Latency, "p90", "p90"), own(metrics.Latency, "p99", "p99")),
		graph(stack, "Errors", minute5, own(metrics.ServerErrors, "Sum", "server"), own(metrics.ClientErrors, "Sum", "client"), own(metrics.Conflicts, "Sum", "conflicts decided again")),
		graph(stack, "Operations that fail", minute5, worst("SUM", metrics.ServerErrors)),
		graph(stack, "Slowest operations, mean ms", minute5, worst("AVG", metrics.Latency)),
		graph(stack, "Busiest operations", minute5, worst("COUNT", metrics.Latency)),
		graph(stack, "Throttled and failing functions", minute5, asked(s.functions(d, "Throttles"), "throttles ${PROP('Dim.FunctionName')}"),
			asked(s.functions(d, "Errors"), "errors ${PROP('Dim.FunctionName')}")),
		graph(stack, "Table: units consumed", minute5, line(table("ConsumedReadCapacityUnits", "Sum"), "read"), line(table("ConsumedWriteCapacityUnits", "Sum"), "write")),
		graph(stack, "Table: trouble", minute5, line(table("ReadThrottleEvents", "Sum"), "reads throttled"), line(table("WriteThrottleEvents", "Sum"), "writes throttled"),
			own(metrics.StoreRetries, "Sum", "round trips repeated")),
		graph(stack, "Queues: oldest message, s", minute5, asked(s.queues(d, "ApproximateAgeOfOldestMessage"), "")),
		graph(stack, "Queues: messages", minute5, asked(s.queues(d, "ApproximateNumberOfMessagesVisible"), "")),
	}
	if d.sweeps() {
		widgets = append(widgets, graph(stack, "Acts that wait", minute5, own(metrics.WaitingActs, "Maximum", "waiting"), own(metrics.ParkedActs, "Maximum", "parked"),
			own(metrics.OldestWaitingAct, "Maximum", "oldest, s"), own(metrics.OldestUnchainedAct, "Maximum", "oldest outside the chain, s")))
	}
	if d.API != nil {
		widgets = append(widgets, graph(stack, "HTTP API", minute5, line(api(d.API, "Count", "Sum"), "requests"), line(api(d.API, "4xx", "Sum"), "4xx"), line(api(d.API, "5xx", "Sum"), "5xx")))
	}
	s.dashboard(stack, d.Name, "# "+d.Title+"\nStage "+s.Name+". What people notice is in the first row; below is what it may come from.", widgets)
}

// functions searches for a metric of every function of a domain.
func (s Stage) functions(d Domain, name string) string {
	return fmt.Sprintf("SEARCH('{AWS/Lambda,FunctionName} MetricName=%q %s', 'Sum', %d)", name, s.words(d), minute5)
}

// queues searches for a metric of every queue of a domain: CloudFormation names queues after their stacks.
func (s Stage) queues(d Domain, name string) string {
	return fmt.Sprintf("SEARCH('{AWS/SQS,QueueName} MetricName=%q %s', 'Maximum', %d)", name, s.words(d), minute5)
}

// words are what the name of everything of a domain has in it. A search takes names apart at their hyphens, and finds those that
// have each word; what stands in quotes would have to be the whole name.
func (s Stage) words(d Domain) string { return strings.ReplaceAll(s.Prefix+"-"+d.Name, "-", " ") }

// businessDashboard shows what the business does with the system, a figure a day.
func (s Stage) businessDashboard(stack awscdk.Stack) {
	var acts, waiting, oldest, units []any
	var widgets []widget
	for _, d := range s.Domains {
		acts = append(acts, line(s.own(d.Name, metrics.Acts, "Sum"), d.Title))
		units = append(units, line(s.own(d.Name, metrics.WriteUnits, "Sum"), d.Title+", write"), line(s.own(d.Name, metrics.ReadUnits, "Sum"), d.Title+", read"))
		if d.sweeps() {
			waiting = append(waiting, line(s.own(d.Name, metrics.WaitingActs, "Maximum"), d.Title))
			oldest = append(oldest, line(s.own(d.Name, metrics.OldestWaitingAct, "Maximum"), d.Title))
		}
	}
	widgets = append(widgets, graph(stack, "Acts a day", daySeconds, acts...))
	for _, d := range s.Domains {
		var lines []any
		for _, event := range d.events() {
			lines = append(lines, line(&metric{namespace: metrics.Namespace, name: event, statistic: "Sum", dimensions: []dimension{{metrics.DimensionStage, jsii.String(s.Name)}}},
				strings.TrimPrefix(event, d.Name+".")))
		}
		if len(lines) > 0 {
			widgets = append(widgets, graph(stack, d.Title+": events a day", daySeconds, lines...))
		}
	}
	widgets = append(widgets,
		graph(stack, "Jobs under way", minute5, line(s.own(jobs.Table, metrics.ActiveJobs, "Maximum"), "jobs"), line(s.own(jobs.Table, metrics.OldestIdleJob, "Maximum"), "longest idle, s")),
		graph(stack, "Acts that wait", minute5, waiting...), graph(stack, "Oldest act that waits, s", minute5, oldest...), graph(stack, "Store units a day", daySeconds, units...))
	s.dashboard(stack, "business", "# Business\nStage "+s.Name+". Counts come from the acts that were committed and the events that they announce.", widgets)
}
