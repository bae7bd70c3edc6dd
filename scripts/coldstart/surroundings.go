package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
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
	lifeMax    = 60 * time.Second
	headerWait = 5 * time.Second
)

// surroundings are what a function finds: a runtime API that hands it one request, and a store with the system's tables.
type surroundings struct {
	api, db *http.Server
	engine  *ddb.Engine
	apiAddr string
	dbURL   string

	mu    sync.Mutex
	event []byte        // for the next call; nil lets the function wait
	asked chan struct{} // closed when the function asks for a request
	done  chan struct{} // closed when it has answered
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
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", s.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/{outcome}", s.answered)
	if s.api, s.apiAddr, err = serve(ctx, mux); err != nil {
		return nil, err
	}
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
	_ = errors.Join(s.api.Close(), s.db.Close(), s.engine.Close())
}

// next hands out the request. In the first measurement there is none: to ask is all that is waited for.
func (s *surroundings) next(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	event, asked, done := s.event, s.asked, s.done
	s.event = nil
	s.mu.Unlock()
	closeOnce(asked)
	if event == nil {
		select { // as the service does, keep it waiting
		case <-r.Context().Done():
		case <-done:
		}
		return
	}
	w.Header().Set("Lambda-Runtime-Aws-Request-Id", "1")
	w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(lifeMax).UnixMilli()))
	w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:"+region+":000000000000:function:coldstart")
	_, _ = w.Write(event)
}

func (s *surroundings) answered(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	closeOnce(s.done)
	w.WriteHeader(http.StatusAccepted)
}

func closeOnce(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
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
	s.mu.Lock()
	s.event, s.asked, s.done = event, make(chan struct{}), make(chan struct{})
	until := s.asked
	if event != nil {
		until = s.done
	}
	s.mu.Unlock()
	cmd := s.command(ctx, bin)
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
	cmd := s.command(ctx, bin)
	err := cmd.Run()
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), err
}

func (s *surroundings) command(ctx context.Context, bin string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, bin)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "AWS_LAMBDA_RUNTIME_API=" + s.apiAddr, "AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=" + keyID,
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
