package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/guregu/dynamo/v2"

	"backoffice/internal/op"
)

type limitKey struct{}

// limit is what calls made with a context may do.
type limit struct {
	operation string
	tenant    string
	access    []op.Access
	memory    *memory // nil for an operation that writes nothing
}

// WithLimit holds every call made with the context against an operation's declared access and its tenant, and remembers what is
// read of records, for when they are written over.
func WithLimit(ctx context.Context, spec *op.Spec, tenant string) context.Context {
	l := &limit{operation: spec.ID, tenant: tenant, access: spec.AllAccess()}
	if spec.Kind != op.Query {
		l.memory = &memory{items: map[string]dynamo.Item{}}
	}
	return context.WithValue(ctx, limitKey{}, l)
}

// DeniedError says that an operation did what its spec does not declare, or reached for another tenant's key. It is a defect
// of the operation, never of its caller.
type DeniedError struct{ Operation, What string }

// Error names the operation and what it lacks.
func (e *DeniedError) Error() string { return "store: " + e.Operation + " is not granted " + e.What }

// addGuard puts the check into the client, where nothing can go round it.
func addGuard(prefix string) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("storeGuard", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			if l, ok := ctx.Value(limitKey{}).(*limit); ok {
				if err := l.check(prefix, in.Parameters); err != nil {
					return middleware.InitializeOutput{}, middleware.Metadata{}, err
				}
			}
			return next.HandleInitialize(ctx, in)
		}), middleware.Before)
	}
}

func (l *limit) check(prefix string, params any) error {
	g := guard{limit: l, prefix: prefix}
	switch p := params.(type) {
	case *dynamodb.GetItemInput:
		g.item(*p.TableName, op.Get, p.Key)
	case *dynamodb.QueryInput:
		g.query(p)
	case *dynamodb.ScanInput:
		if a := g.find(*p.TableName, op.Sweep); a != nil && (a.AllTenants == "" || p.IndexName == nil || *p.IndexName != IndexPending) {
			g.deny("a scan of " + a.Table)
		}
	case *dynamodb.PutItemInput:
		g.item(*p.TableName, op.Put, p.Item)
	case *dynamodb.UpdateItemInput:
		g.item(*p.TableName, op.Update, p.Key)
	case *dynamodb.DeleteItemInput:
		g.item(*p.TableName, op.Delete, p.Key)
	case *dynamodb.BatchGetItemInput:
		for table, keys := range p.RequestItems {
			for _, k := range keys.Keys {
				g.item(table, op.Get, k)
			}
		}
	case *dynamodb.TransactWriteItemsInput:
		for _, w := range p.TransactItems {
			g.write(w)
		}
	default:
		g.deny(fmt.Sprintf("calls of the kind %T", params))
	}
	return g.err
}

// guard checks one call and keeps the first objection.
type guard struct {
	*limit
	prefix string
	err    error
}

func (g *guard) deny(what string) {
	if g.err == nil {
		g.err = &DeniedError{Operation: g.operation, What: what}
	}
}

func (g *guard) write(w types.TransactWriteItem) {
	switch {
	case w.Put != nil:
		g.item(*w.Put.TableName, op.Put, w.Put.Item)
	case w.Update != nil:
		g.item(*w.Update.TableName, op.Update, w.Update.Key)
	case w.Delete != nil:
		g.item(*w.Delete.TableName, op.Delete, w.Delete.Key)
	case w.ConditionCheck != nil:
		g.item(*w.ConditionCheck.TableName, op.Check, w.ConditionCheck.Key)
	}
}

// InstallationSpace stands where keys have a tenant, for what concerns the installation as a whole, such as the maintenance
// switch. Every operation may read it; only one that reaches every tenant may change it.
const InstallationSpace = "installation"

func (g *guard) item(table string, do op.Action, key map[string]types.AttributeValue) {
	a := g.find(table, do)
	if pk, ok := key["pk"].(*types.AttributeValueMemberS); ok && a != nil && (do != op.Get || pk.Value != InstallationSpace) {
		g.tenantOf(a, pk.Value)
	}
}

func (g *guard) query(p *dynamodb.QueryInput) {
	a := g.find(*p.TableName, op.List)
	if a == nil {
		return
	}
	name := "pk"
	if p.IndexName != nil {
		if !a.HasIndex(*p.IndexName) {
			g.deny("index " + *p.IndexName + " of " + a.Table)
			return
		}
		name = indexKeys[*p.IndexName]
	}
	values := p.KeyConditions[name].AttributeValueList
	if len(values) == 1 {
		if pk, ok := values[0].(*types.AttributeValueMemberS); ok {
			g.tenantOf(a, pk.Value)
			return
		}
	}
	g.deny("a query without a partition key")
}

var indexKeys = map[string]string{IndexG1: "g1pk", IndexPending: "pend"}

func (g *guard) find(physical string, do op.Action) *op.Access {
	table := strings.TrimPrefix(physical, g.prefix+"-")
	for i := range g.access {
		if a := &g.access[i]; a.Table == table && a.Do&do != 0 {
			return a
		}
	}
	g.deny(fmt.Sprintf("%s on table %s", actionNames[do], table))
	return nil
}

func (g *guard) tenantOf(a *op.Access, pk string) {
	if a.AllTenants == "" && (g.tenant == "" || !strings.HasPrefix(pk, g.tenant+sep)) {
		g.deny("a key of another tenant in " + a.Table)
	}
}

var actionNames = map[op.Action]string{op.Get: "get", op.List: "query", op.Put: "put", op.Update: "update", op.Delete: "delete", op.Check: "condition check", op.Sweep: "scan"}
