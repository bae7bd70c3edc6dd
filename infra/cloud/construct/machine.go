package construct

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"backoffice/internal/flow"
	"backoffice/internal/op"
)

// machineNameCharsMax is what the name of the rule that starts it may have, which is shorter than a machine's own 80.
const machineNameCharsMax = 64

// MachineProps are what a state machine needs of its surroundings.
type MachineProps struct {
	Prefix      string // of physical names, and the name of the bus
	Domain      string
	LogDays     int
	DeadLetters *string // ARN of the queue for events that could not be delivered
	// Find gives the spec of an operation of any domain, nil when there is none.
	Find func(id string) *op.Spec
}

// Machine makes a state machine with its role, its log, and the rule that starts it. Functions are named by their physical
// names, so that one of another domain's stack needs no export. It returns the ARN of the rule, nil where nothing starts it.
func Machine(scope constructs.Construct, m flow.Machine, p MachineProps) (rule *string, err error) {
	stack, name := awscdk.Stack_Of(scope), p.Prefix+"-"+p.Domain+"-"+m.Name
	calls, err := m.Calls()
	if err != nil {
		return nil, fmt.Errorf("domain %s: %w", p.Domain, err)
	}
	if len(name) > machineNameCharsMax {
		return nil, fmt.Errorf("domain %s: machine %s: its name %s is longer than %d characters", p.Domain, m.Name, name, machineNameCharsMax)
	}
	functions := map[string]*string{}
	for _, id := range calls.Operations {
		spec := p.Find(id)
		if spec == nil || spec.Kind != op.Task || !spec.Deployed() {
			return nil, fmt.Errorf("domain %s: machine %s calls the operation %s, which is no task of the catalogue", p.Domain, m.Name, id)
		}
		functions[id] = functionARN(stack, functionName(p.Prefix, spec))
	}
	id, self := LogicalName(m.Name), stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("states"), Resource: jsii.String("stateMachine"),
		ResourceName: jsii.String(name), ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME})
	log := awslogs.NewCfnLogGroup(scope, jsii.String(id+"Log"), &awslogs.CfnLogGroupProps{LogGroupName: jsii.String("/aws/vendedlogs/states/" + name),
		RetentionInDays: jsii.Number(p.LogDays)})
	role := machineRole(scope, id+"Role", calls, functions, self)
	machine := awsstepfunctions.NewCfnStateMachine(scope, jsii.String(id), &awsstepfunctions.CfnStateMachineProps{StateMachineName: jsii.String(name),
		StateMachineType: jsii.String("STANDARD"), RoleArn: role.AttrArn(),
		DefinitionString:     jsii.String(m.Fill(func(operation string) string { return *functions[operation] })),
		TracingConfiguration: &awsstepfunctions.CfnStateMachine_TracingConfigurationProperty{Enabled: jsii.Bool(true)},
		// What goes in and out of states stays out of the log: it may name people.
		LoggingConfiguration: &awsstepfunctions.CfnStateMachine_LoggingConfigurationProperty{Level: jsii.String("ALL"), IncludeExecutionData: jsii.Bool(false),
			Destinations: &[]*awsstepfunctions.CfnStateMachine_LogDestinationProperty{{
				CloudWatchLogsLogGroup: &awsstepfunctions.CfnStateMachine_CloudWatchLogsLogGroupProperty{LogGroupArn: log.AttrArn()}}}}})
	if m.On == "" {
		return nil, nil
	}
	return starter(scope, id, name, m, machine, p), nil
}

// functionARN names a function of any stack by its physical name.
func functionARN(stack awscdk.Stack, name string) *string {
	return stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("lambda"), Resource: jsii.String("function"), ResourceName: jsii.String(name),
		ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME})
}

// machineRole lets a machine do what its file calls: the grants are read from there. The rest is its log and its traces, whose
// actions have no resources.
func machineRole(scope constructs.Construct, id string, calls flow.Calls, functions map[string]*string, self *string) awsiam.CfnRole {
	may := []statement{
		allow([]string{"logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:GetLogDelivery",
			"logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"}, jsii.String("*")),
		allow([]string{"xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}, jsii.String("*")),
	}
	resources := make([]*string, 0, len(calls.Operations))
	for _, operation := range calls.Operations {
		resources = append(resources, functions[operation])
	}
	if len(resources) > 0 {
		may = append(may, allow([]string{"lambda:InvokeFunction"}, resources...))
	}
	if calls.Itself {
		may = append(may, allow([]string{"states:StartExecution"}, self))
	}
	return serviceRole(scope, id, "states.amazonaws.com", may...)
}

// serviceRole makes a role that a service other than Lambda takes on, for one purpose.
func serviceRole(scope constructs.Construct, id, service string, may ...statement) awsiam.CfnRole {
	return awsiam.NewCfnRole(scope, jsii.String(id), &awsiam.CfnRoleProps{
		AssumeRolePolicyDocument: policy(statement{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": service}}),
		Policies:                 &[]*awsiam.CfnRole_PolicyProperty{{PolicyName: jsii.String("purpose"), PolicyDocument: policy(may...)}}})
}

// starter makes the rule that starts a machine by an event, with a role that may start this machine and no other.
func starter(scope constructs.Construct, id, name string, m flow.Machine, machine awsstepfunctions.CfnStateMachine, p MachineProps) *string {
	role := serviceRole(scope, id+"StartRole", "events.amazonaws.com", allow([]string{"states:StartExecution"}, machine.AttrArn()))
	r := rule(scope, id+"Start", ruleProps{bus: p.Prefix, name: name, pattern: pattern([]string{m.On}, m.Where), target: &awsevents.CfnRule_TargetProperty{
		Id: jsii.String("machine"), Arn: machine.AttrArn(), RoleArn: role.AttrArn(), InputPath: jsii.String("$.detail")}, deadLetters: p.DeadLetters})
	return r.AttrArn()
}
