package stacks

import (
	"fmt"
	"slices"
	"sort"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"backoffice/infra/cloud/construct"
	"backoffice/internal/catalog"
	"backoffice/internal/config"
	"backoffice/internal/host/lambdahost"
	"backoffice/internal/op"
)

// Build makes every stack of the stage.
func Build(app awscdk.App, s Settings) error {
	s.Domains = deployed(s.Domains)
	if err := s.validate(); err != nil {
		return err
	}
	tag(app, "project", "backoffice")
	tag(app, "stage", s.Name)
	tag(app, "owner", s.Stage.Owner)
	common := shared(app, s)
	who, err := signIn(app, s)
	if err != nil {
		return err
	}
	byName := map[string]catalog.Domain{}
	for _, d := range s.Domains {
		byName[d.Name] = d
	}
	for _, name := range s.tables() {
		d := byName[name]
		d.Name = name
		b := base(app, s, d)
		b.AddStackDependency(common, jsii.String("it reads named values"))
		b.AddStackDependency(who, jsii.String("its authorizer asks for the issuer"))
		if err := numbered(app, s, d, b); err != nil {
			return err
		}
	}
	login(app, s, who)
	if err := userSync(app, s, who); err != nil {
		return err
	}
	if err := selfDescription(app, s, common); err != nil {
		return err
	}
	if err := front(app, s); err != nil {
		return err
	}
	observe(app, s)
	archive(app, s, common) // nothing waits for these two
	backup(app, s)
	return nil
}

func tag(scope constructs.IConstruct, key, value string) {
	awscdk.Tags_Of(scope).Add(jsii.String(key), jsii.String(value), nil)
}

func (s Settings) newStack(app awscdk.App, name, description string) awscdk.Stack {
	full := s.Prefix() + "-" + name
	return awscdk.NewStack(app, jsii.String(full), &awscdk.StackProps{StackName: jsii.String(full), Description: jsii.String(description),
		TerminationProtection: jsii.Bool(s.Stage.TerminationProtection)})
}

// numbered makes the stacks that hold a domain's operations, each in the one that it was once assigned to, and after them the
// one that holds what calls them.
func numbered(app awscdk.App, s Settings, d catalog.Domain, base awscdk.Stack) error {
	var made []awscdk.Stack
	groups := map[int][]*op.Spec{}
	var numbers []int
	for _, o := range d.Operations {
		n := s.Numbers[o.Describe().ID]
		if groups[n] == nil {
			numbers = append(numbers, n)
		}
		groups[n] = append(groups[n], o.Describe())
	}
	sort.Ints(numbers)
	for _, n := range numbers {
		stack := s.newStack(app, fmt.Sprintf("%s-%d", d.Name, n), fmt.Sprintf("Operations of %s, part %d", d.Title, n))
		tag(stack, "domain", d.Name)
		stack.AddStackDependency(base, jsii.String("its routes belong to the HTTP API"))
		if err := s.operations(stack, d, groups[n]); err != nil {
			return err
		}
		made = append(made, stack)
	}
	return flows(app, s, d, made)
}

func (s Settings) operations(stack awscdk.Stack, d catalog.Domain, specs []*op.Spec) error {
	p := construct.OperationProps{Prefix: s.Prefix(), Tables: s.TablePrefix(), Code: s.Code, Arch: s.Arch, LogDays: s.Stage.LogDays, Environment: s.environment(),
		Reserved: s.Stage.Reserved}
	if slices.ContainsFunc(specs, func(spec *op.Spec) bool { return spec.HTTP() }) {
		p.API = read(stack, "Api", s.parameter(d.Name, "api"))
		p.Authorizer = read(stack, "Authorizer", s.parameter(d.Name, "authorizer"))
	}
	if slices.ContainsFunc(specs, keepsFiles) {
		p.Bucket = read(stack, "Files", s.parameter("files"))
	}
	if slices.ContainsFunc(specs, func(spec *op.Spec) bool { return spec.Seals != 0 && spec.Deployed() }) {
		p.FieldKey = read(stack, "FieldKey", s.parameter("field-key"))
	}
	if slices.ContainsFunc(specs, func(spec *op.Spec) bool { return spec.Roots != 0 }) {
		p.RootsBucket = read(stack, "AuditRoots", s.parameter("audit-roots"))
		p.RootKey = read(stack, "RootKey", s.parameter("root-key"))
	}
	if slices.ContainsFunc(specs, isAsynchronous) {
		p.Stream = read(stack, "Stream", s.parameter(d.Name, "stream"))
		p.DeadLetters = construct.DeadLetters(stack).AttrArn()
	}
	for _, spec := range specs {
		if err := construct.Operation(stack, spec, p); err != nil {
			return err
		}
	}
	return nil
}

// isAsynchronous tells whether nobody waits for an operation's answer.
func isAsynchronous(spec *op.Spec) bool {
	return spec.Kind == op.Job || spec.Kind == op.Task && lambdahost.TakesUp(spec)
}

// environment is what internal/config reads in a function. The cursor key is resolved when a stack is deployed; no template
// holds it.
func (s Settings) environment() map[string]*string {
	variables := map[string]*string{
		config.EnvTablePrefix: jsii.String(s.TablePrefix()),
		config.EnvStage:       jsii.String(s.Name),
		config.EnvBus:         jsii.String(s.Prefix()),
		config.EnvCursorKey:   jsii.String(resolved(s.cursorKeySecret())),
	}
	if secrets := s.originSecretValues(); secrets != "" {
		variables[config.EnvOriginSecrets] = jsii.String(secrets)
	}
	return variables
}

func hasRoutes(d catalog.Domain) bool {
	for _, o := range d.Operations {
		if o.Describe().HTTP() {
			return true
		}
	}
	return false
}

// named keeps a value under a name for other stacks to read when they are deployed.
func named(scope constructs.Construct, id, path string, value *string) {
	awsssm.NewCfnParameter(scope, jsii.String(id), &awsssm.CfnParameterProps{Name: jsii.String(path), Type: jsii.String("String"), Value: value})
}

func read(scope constructs.Construct, id, path string) *string {
	return awscdk.NewCfnParameter(scope, jsii.String(id), &awscdk.CfnParameterProps{Type: jsii.String("AWS::SSM::Parameter::Value<String>"),
		Default: jsii.String(path)}).ValueAsString()
}
