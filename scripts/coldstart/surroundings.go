package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/internal/catalog"
	"backoffice/internal/config"
	"backoffice/internal/ddb"
	"backoffice/internal/host/lambdahost/claim"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

const (
	keyID, secret = "coldstart", "coldstart-secret"
	region        = "eu-west-2"
	// lifeMax ends a function that neither asks nor answers.
	lifeMax    = 20 * time.Second
	headerWait = 5 * time.Second
)

// surroundings are what every function finds: a store with the system's tables.
type surroundings struct {
	db     *http.Server
	engine *ddb.Engine
	dbURL  string
}

func newSurroundings(ctx context.Context) (*surroundings, error) {
	engine, err := ddb.Open(ddb.Options{Region: region, Logger: slog.New(slog.DiscardHandler)}) //nolint:contextcheck // closed by close
	if err != nil {
		return nil, err
	}
	s := &surroundings{engine: engine}
	if s.db, s.dbURL, err = serve(ctx, engine.Handler(keyID, secret)); err != nil {
		return nil, err
	}
	s.dbURL = "http://" + s.dbURL
	return s, s.tables(ctx)
}

func serve(ctx context.Context, h http.Handler) (*http.Server, string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: headerWait}
	go func() { _ = srv.Serve(l) }()
	return srv, l.Addr().String(), nil
}

func (s *surroundings) tables(ctx context.Context) error {
	c := dynamodb.New(dynamodb.Options{Region: region, BaseEndpoint: &s.dbURL, Credentials: credentials.NewStaticCredentialsProvider(keyID, secret, "")})
	for _, d := range catalog.Domains() {
		if _, err := c.CreateTable(ctx, store.TableInput(config.TablePrefixDefault+"-"+d.Name, true)); err != nil {
			return err
		}
	}
	return nil
}

func (s *surroundings) close() {
	_ = errors.Join(s.db.Close(), s.engine.Close())
}

// measure gives the medians of a function's two times, each from runs of their own.
func (s *surroundings) measure(ctx context.Context, bin string, event []byte, runs int) (f figures, err error) {
	f.ready, err = median(runs, func() (time.Duration, error) { return s.once(ctx, bin, nil) })
	if err != nil {
		return f, err
	}
	f.answered, err = median(runs, func() (time.Duration, error) { return s.once(ctx, bin, event) })
	return f, err
}

// once starts a function, waits until it asks or, with an event, until it has answered, ends it and reads its processor time.
func (s *surroundings) once(ctx context.Context, bin string, event []byte) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, lifeMax)
	defer cancel()
	api, err := newRuntimeAPI(ctx, event)
	if err != nil {
		return 0, err
	}
	defer api.close()
	until := api.asked
	if event != nil {
		until = api.done
	}
	cmd := s.command(ctx, bin, api.addr)
	var said strings.Builder
	cmd.Stderr, cmd.Stdout = &said, &said
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	select {
	case <-until:
	case <-ctx.Done():
		return 0, errors.Join(fmt.Errorf("no answer within %s: %s", lifeMax, said.String()), cmd.Wait())
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // killed: what it used is all that matters
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// toTheEnd measures a program that ends by itself.
func (s *surroundings) toTheEnd(ctx context.Context, bin string) (time.Duration, error) {
	cmd := s.command(ctx, bin, "")
	err := cmd.Run()
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), err
}

func (s *surroundings) command(ctx context.Context, bin, api string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, bin)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "AWS_LAMBDA_RUNTIME_API=" + api, "AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=" + keyID,
		"AWS_SECRET_ACCESS_KEY=" + secret, config.EnvEndpoint + "=" + s.dbURL, config.EnvTablePrefix + "=" + config.TablePrefixDefault,
		config.EnvBus + "=bus", config.EnvBucket + "=bucket", config.EnvStage + "=coldstart", config.EnvIssuer + "=https://issuer.invalid", config.EnvAudience + "=audience",
		config.EnvCursorKey + "=" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))}
	return cmd
}

// request is a call by somebody who has no grant: the function reads the caller's grants in the store and answers 403.
func request(spec *op.Spec) ([]byte, error) {
	if !spec.HTTP() {
		return nil, errors.New("only what is called over HTTPS is measured")
	}
	claims := map[string]string{"tenant": "ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2", "principal": "usr_01JD2M8G3S6QX4T5V7W9Y0Z1A2", "person": "per_01JD2M8G3S6QX4T5V7W9Y0Z1A2",
		"token_use": "access", "scope": claim.ScopePrefix + spec.Domain(), "auth_time": fmt.Sprint(time.Now().Unix()), "client_id": "c", "sub": "s", "origin_jti": "j", "amr": "[pwd otp]"}
	return json.Marshal(map[string]any{"version": "2.0", "routeKey": spec.Route, "rawPath": spec.Path(), "isBase64Encoded": false, "body": aws.String("{}"),
		"headers": map[string]string{"content-type": "application/json", "idempotency-key": "k", "if-match": `"v1"`},
		"requestContext": map[string]any{"requestId": "r", "http": map[string]string{"method": spec.Method(), "path": spec.Path()},
			"authorizer": map[string]any{"jwt": map[string]any{"claims": claims}}}})
}
