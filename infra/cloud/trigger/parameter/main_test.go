package main

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
)

func request(kind cfn.RequestType, properties map[string]any) cfn.Event {
	return cfn.Event{RequestType: kind, PhysicalResourceID: "was", ResourceProperties: properties}
}

var firewall = map[string]any{"Region": "us-east-1", "Parameter": "/backoffice/prod/firewall"}

func TestValueOfTheOtherRegionIsGiven(t *testing.T) {
	for _, kind := range []cfn.RequestType{cfn.RequestCreate, cfn.RequestUpdate} {
		id, data, err := answer(t.Context(), request(kind, firewall), func(_ context.Context, region, name string) (string, error) {
			return region + " " + name, nil
		})
		if err != nil || data["Value"] != "us-east-1 /backoffice/prod/firewall" || id != "us-east-1:/backoffice/prod/firewall" {
			t.Errorf("%s: %s, %v, %v", kind, id, data, err)
		}
	}
}

func TestDeletingReadsNothing(t *testing.T) {
	_, _, err := answer(t.Context(), request(cfn.RequestDelete, firewall), func(context.Context, string, string) (string, error) {
		return "", errors.New("read")
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeReadFailsTheDeployment(t *testing.T) {
	broken := errors.New("there is no such parameter")
	_, _, err := answer(t.Context(), request(cfn.RequestCreate, firewall), func(context.Context, string, string) (string, error) { return "", broken })
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if _, _, err := answer(t.Context(), request(cfn.RequestCreate, nil), nil); !errors.Is(err, errProperties) {
		t.Errorf("error %v", err)
	}
}
