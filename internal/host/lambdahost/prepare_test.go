package lambdahost

import (
	"bytes"
	"context"
	"encoding/base64"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backoffice/internal/config"
	"backoffice/internal/op"
	"backoffice/internal/wire"
)

// quiet is a job that does nothing.
func quiet() *op.Op[struct{}, op.None, op.None] {
	return &op.Op[struct{}, op.None, op.None]{Spec: op.Spec{ID: "sample.sweep", Kind: op.Job, NoRecord: "it settles what is recorded"},
		Handle: func(context.Context, *op.Call, struct{}, op.None) (op.None, error) { return op.None{}, nil }}
}

// A function as it starts in the cloud writes its metrics to its standard output, for the stage of its configuration, even when
// the call fails.
func TestAFunctionWritesItsMetricsToItsStandardOutput(t *testing.T) {
	t.Setenv(config.EnvCursorKey, base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	t.Setenv(config.EnvStage, "prod")
	t.Setenv(config.EnvEndpoint, "http://127.0.0.1:1") // nobody is there, and nobody is asked: the call is over before it begins
	t.Setenv("AWS_REGION", "eu-west-2")
	t.Setenv("AWS_ACCESS_KEY_ID", "none")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "none")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	out, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	old := os.Stdout
	os.Stdout = out
	defer func() { os.Stdout = old }()
	h, err := prepare(t.Context(), quiet(), slog.New(slog.DiscardHandler), nil, func(context.Context, *wire.Env) (any, error) { return struct{}{}, nil })
	if err != nil {
		t.Fatal(err)
	}
	over, end := context.WithCancel(t.Context())
	end()
	_, _ = h.Invoke(over, []byte(`{"tenant":"","key":"k"}`))
	raw, err := os.ReadFile(out.Name())
	if err != nil || strings.Count(string(raw), "\n") != 1 || !strings.Contains(string(raw), `"stage":"prod"`) || !strings.Contains(string(raw), `"ColdStarts":1`) {
		t.Errorf("%s %v", raw, err)
	}
}
