package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"backoffice/internal/e2e"
)

const (
	// heardName is the rule's and the queue's by which the proof listens to the bus, as any subscriber from outside would.
	heardName = prefix + "-heard"
	// receiveMax is how many messages a queue gives at once.
	receiveMax = 10
)

// Listen puts a rule on the deployed bus that leads one type of event to a queue, and reads the queue.
func (c *cloud) Listen(ctx context.Context, kind string) (e2e.Heard, error) {
	var queue struct{ QueueURL string }
	if err := c.emulator.account().Call(ctx, "sqs", "1.0", "AmazonSQS.CreateQueue", map[string]any{"QueueName": heardName}, &queue); err != nil {
		return nil, err
	}
	bus := eventbridge.NewFromConfig(c.emulator.config())
	pattern, err := json.Marshal(map[string][]string{"detail-type": {kind}})
	if err != nil {
		return nil, err
	}
	if _, err := bus.PutRule(ctx, &eventbridge.PutRuleInput{Name: aws.String(heardName), EventBusName: aws.String(prefix), EventPattern: aws.String(string(pattern))}); err != nil {
		return nil, err
	}
	put, err := bus.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: aws.String(heardName), EventBusName: aws.String(prefix),
		Targets: []types.Target{{Id: aws.String("queue"), Arn: aws.String("arn:aws:sqs:" + region + ":" + account + ":" + heardName)}}})
	if err != nil || put.FailedEntryCount > 0 {
		return nil, fmt.Errorf("the bus does not lead to a queue: %+v: %w", put, err)
	}
	var all []json.RawMessage
	return func(ctx context.Context) ([]json.RawMessage, error) {
		for {
			some, err := c.receive(ctx, queue.QueueURL)
			if err != nil || len(some) == 0 {
				return all, err
			}
			all = append(all, some...)
		}
	}, nil
}

// receive takes events out of a queue's messages. They stay in the queue, out of sight: nobody reads it but the one step.
func (c *cloud) receive(ctx context.Context, queue string) ([]json.RawMessage, error) {
	var got struct{ Messages []struct{ Body string } }
	if err := c.emulator.account().Call(ctx, "sqs", "1.0", "AmazonSQS.ReceiveMessage", map[string]any{"QueueUrl": queue, "MaxNumberOfMessages": receiveMax}, &got); err != nil {
		return nil, err
	}
	var out []json.RawMessage
	for _, m := range got.Messages {
		var delivered struct{ Detail json.RawMessage }
		if err := json.Unmarshal([]byte(m.Body), &delivered); err != nil || len(delivered.Detail) == 0 {
			return nil, fmt.Errorf("the bus delivered %s: %w", m.Body, err)
		}
		out = append(out, delivered.Detail)
	}
	return out, nil
}
