package main

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// env gives the variables that the command reads.
func env(name string) string {
	return map[string]string{"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}[name]
}

func TestStoreServesUntilItIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	in, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"-addr", "127.0.0.1:0", "-dir", t.TempDir()}, env, out)
		_ = out.Close() // ends the reader below when run ended early
	}()
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil {
		t.Fatalf("no address: %v, %v", err, <-done)
	}
	endpoint := strings.TrimSpace(line)
	c := dynamodb.New(dynamodb.Options{Region: "eu-west-2", BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
		})})
	if _, err := c.ListTables(ctx, &dynamodb.ListTablesInput{}); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestStoreRefuses(t *testing.T) {
	none := func(string) string { return "" }
	if err := run(context.Background(), nil, none, io.Discard); err == nil || !strings.Contains(err.Error(), "must be set") {
		t.Errorf("without keys: %v", err)
	}
	if err := run(context.Background(), []string{"-addr", "0.0.0.0:0"}, env, io.Discard); err == nil || !strings.Contains(err.Error(), "no loopback") {
		t.Errorf("open to all: %v", err)
	}
}
