// Command about answers for what the system says of itself without a token: whether its tables can be reached, the page of each
// rule, and the OpenAPI documents, as the host does in its one process. It is no operation: nobody signs in for it, and it knows
// no tenant.
package main

import (
	"context"
	"log/slog"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"backoffice/internal/config"
	"backoffice/internal/host/about"
	"backoffice/internal/host/lambdahost"
	"backoffice/internal/store"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	h, err := prepare(context.Background(), log, os.Getenv(config.EnvTablePrefix), strings.Split(os.Getenv(about.EnvTables), ","))
	if err != nil {
		log.Error("cannot start", "cause", err.Error())
		os.Exit(1)
	}
	lambda.Start(h)
}

func prepare(ctx context.Context, log *slog.Logger, prefix string, tables []string) (*lambdahost.Plain, error) {
	secrets, err := config.OriginSecrets()
	if err != nil {
		return nil, err
	}
	cloud, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	db := store.Open(cloud, prefix)
	pages, err := about.New(func(ctx context.Context) error { return db.Reach(ctx, tables...) })
	if err != nil {
		return nil, err
	}
	return lambdahost.NewPlain(pages.Answer, secrets, log), nil
}
