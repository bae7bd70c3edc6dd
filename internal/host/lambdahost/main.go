// Package lambdahost runs one operation as one AWS Lambda function: it turns what API Gateway or a state machine sends into a
// call of the operation, and the operation's answer back. It decides nothing; the pipeline of internal/op does.
package lambdahost

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/internal/clock"
	"backoffice/internal/config"
	"backoffice/internal/id"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/page"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/store"
	"backoffice/internal/wire"
)

// Option completes the surroundings of functions that need more than the others, so that only they carry the libraries for it.
type Option func(*wire.Env, aws.Config)

// Main is the whole program of a function. It prepares everything once, before the first request, and then answers until the
// execution environment is frozen for good. A function that cannot start says why in its log and exits with 1.
func Main[D any](o op.Over[D], open func(context.Context, *wire.Env) (D, error), options ...Option) {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	h, err := prepare(context.Background(), o, log, options, func(ctx context.Context, env *wire.Env) (any, error) { return open(ctx, env) })
	if err != nil {
		log.Error("cannot start", "operation", o.Describe().ID, "cause", err.Error())
		os.Exit(1)
	}
	lambda.Start(h)
}

func prepare(ctx context.Context, o op.Operation, log *slog.Logger, options []Option, open func(context.Context, *wire.Env) (any, error)) (*Handler, error) {
	cfg, err := config.FromEnvironment()
	if err != nil {
		return nil, err
	}
	cloud, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	env := &wire.Env{Config: cfg, Clock: clock.System, IDs: id.NewSource(clock.System, nil),
		DB: store.Open(cloud, cfg.TablePrefix, func(o *dynamodb.Options) {
			if cfg.Endpoint != "" {
				o.BaseEndpoint = &cfg.Endpoint
			}
		})}
	for _, complete := range options {
		complete(env, cloud)
	}
	rt, err := newRuntime(env, log)
	if err != nil {
		return nil, err
	}
	deps, err := open(ctx, env)
	if err != nil {
		return nil, fmt.Errorf("open the domain's ports: %w", err)
	}
	return New(o, rt, deps).Behind(cfg.OriginSecrets).Report(metrics.NewEMF(os.Stdout, cfg.Stage)), nil
}

func newRuntime(env *wire.Env, log *slog.Logger) (*op.Runtime, error) {
	cursors, err := page.NewSigner(env.Config.CursorKey)
	if err != nil {
		return nil, err
	}
	return &op.Runtime{Clock: env.Clock, IDs: env.IDs, Authz: platformwire.NewAuthorizer(env), Acts: metrics.Counted(store.NewActs(env.DB, nil)), Cursors: cursors, Log: log,
		Gate: platformwire.NewGate(env)}, nil
}
