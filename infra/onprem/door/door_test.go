package door_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backoffice/infra/onprem/door"
)

type message struct{ Text string }

func handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /say", door.Answer(func(_ context.Context, in message) (message, error) {
		if in.Text == "" {
			return in, errors.New("nothing was said")
		}
		return message{strings.ToUpper(in.Text)}, nil
	}))
	return mux
}

// A call reaches the process that holds the directory, however long the directory's name is, and a closed door says so.
func TestDoor(t *testing.T) {
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), strings.Repeat("long", 40))} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		d, err := door.Open(t.Context(), dir, handler())
		if err != nil {
			t.Fatal(err)
		}
		var out message
		if err := door.Call(t.Context(), dir, "/say", message{"hello"}, &out); err != nil || out.Text != "HELLO" {
			t.Error(out, err)
		}
		if err := door.Call(t.Context(), dir, "/say", message{}, &out); err == nil || err.Error() != "nothing was said" {
			t.Error(err)
		}
		socket, err := os.ReadFile(filepath.Join(dir, "door"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{string(socket), filepath.Join(dir, "door")} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Error(path, info.Mode(), err)
			}
		}
		if err := d.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if err := door.Call(t.Context(), dir, "/say", message{"hello"}, &out); !errors.Is(err, door.ErrClosed) {
			t.Error(err)
		}
		if _, err := os.Stat(string(socket)); err == nil {
			t.Error("the socket is still there")
		}
	}
}

// What a killed process left counts as closed, and does not stand in the way of the next.
func TestLeftBehind(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "door"), []byte(filepath.Join(dir, "door.sock")), 0o600); err != nil {
		t.Fatal(err)
	}
	var out message
	if err := door.Call(t.Context(), dir, "/say", message{"hello"}, &out); !errors.Is(err, door.ErrClosed) {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "door.sock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := door.Call(t.Context(), dir, "/say", message{"hello"}, &out); !errors.Is(err, door.ErrClosed) {
		t.Error(err)
	}
	d, err := door.Open(t.Context(), dir, handler())
	if err != nil {
		t.Fatal(err)
	}
	if err := door.Call(t.Context(), dir, "/say", message{"hello"}, &out); err != nil {
		t.Error(err)
	}
	if err := d.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
