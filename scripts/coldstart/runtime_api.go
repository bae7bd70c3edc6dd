package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// runtimeAPI is what Lambda is to a function: it hands out one request and takes one answer. Each start of a function has one of
// its own, so that the last call of one that is just being ended cannot take the request of the next.
type runtimeAPI struct {
	srv   *http.Server
	addr  string
	asked chan struct{} // closed when the function asks for a request
	done  chan struct{} // closed when it has answered

	mu    sync.Mutex
	event []byte // nil: there is none, to ask is all that is waited for
}

func newRuntimeAPI(ctx context.Context, event []byte) (*runtimeAPI, error) {
	a := &runtimeAPI{event: event, asked: make(chan struct{}), done: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", a.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/{outcome}", a.answered)
	var err error
	a.srv, a.addr, err = serve(ctx, mux)
	return a, err
}

func (a *runtimeAPI) close() { _ = a.srv.Close() }

// next hands out the request; whoever asks for a second one is kept waiting, as the service does.
func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	event := a.event
	a.event = nil
	closeOnce(a.asked)
	a.mu.Unlock()
	if event == nil {
		<-r.Context().Done()
		return
	}
	w.Header().Set("Lambda-Runtime-Aws-Request-Id", "1")
	w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(lifeMax).UnixMilli()))
	w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:"+region+":000000000000:function:coldstart")
	_, _ = w.Write(event)
}

func (a *runtimeAPI) answered(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	a.mu.Lock()
	closeOnce(a.done)
	a.mu.Unlock()
	w.WriteHeader(http.StatusAccepted)
}

func closeOnce(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}
