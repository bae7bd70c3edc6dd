// Package eventbus publishes events on an EventBridge bus. It is apart from the host, so that only the functions that publish
// carry EventBridge's client.
package eventbus

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"backoffice/internal/clock"
	"backoffice/internal/relay"
	"backoffice/internal/store"
	"backoffice/internal/wire"
)

// entriesMax is how many events one call may put on a bus.
const entriesMax = 10

// Publish is the host's option for functions that publish events.
func Publish(env *wire.Env, cfg aws.Config) {
	env.Bus = New(eventbridge.NewFromConfig(cfg), env.Config.Bus)
}

// Putter is the part of EventBridge's client that publishing takes.
type Putter interface {
	PutEvents(ctx context.Context, in *eventbridge.PutEventsInput, options ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error)
}

// Bus publishes on one bus.
type Bus struct {
	client Putter
	name   string
}

// New makes a publisher for a bus.
func New(client Putter, name string) *Bus { return &Bus{client: client, name: name} }

// Publish puts every event of an act on the bus. Some may have been taken when it returns an error: they are put again, with
// the same ids.
func (b *Bus) Publish(ctx context.Context, act store.PendingAct) error {
	entries, err := b.entries(act)
	if err != nil {
		return err
	}
	for len(entries) > 0 {
		n := min(len(entries), entriesMax)
		out, err := b.client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries[:n]})
		if err != nil {
			return fmt.Errorf("publish events of %s: %w", act.ID, err)
		}
		if out.FailedEntryCount > 0 {
			return fmt.Errorf("publish events of %s: the bus refused %d of %d", act.ID, out.FailedEntryCount, n)
		}
		entries = entries[n:]
	}
	return nil
}

func (b *Bus) entries(act store.PendingAct) ([]types.PutEventsRequestEntry, error) {
	at, err := clock.Parse(act.At)
	if err != nil {
		return nil, fmt.Errorf("act %s has an unreadable instant: %w", act.ID, err)
	}
	out := make([]types.PutEventsRequestEntry, 0, len(act.Events))
	for _, e := range relay.Events(act) {
		raw, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		out = append(out, types.PutEventsRequestEntry{EventBusName: &b.name, Source: aws.String("backoffice." + act.Key.Table),
			DetailType: aws.String(e.Kind), Detail: aws.String(string(raw)), Time: &at})
	}
	return out, nil
}
