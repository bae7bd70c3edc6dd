package main

import (
	"context"
	"fmt"
	"slices"
)

// neverMade are the states of a stack whose making was taken back. It can only be deleted and made anew, which the CDK command
// line does by itself.
var neverMade = []string{"ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}

// unprotect lets stacks be made anew that were never made: they are protected from termination before anything is in them, and
// would stay in the way for ever.
func (a account) unprotect(ctx context.Context, stage string, regions []string) error {
	for _, region := range regions {
		here := a.in(region)
		there, err := here.stacks(ctx, prefix(stage))
		if err != nil {
			return err
		}
		for _, s := range there {
			if !s.Protected || !slices.Contains(neverMade, s.Status) {
				continue
			}
			fmt.Printf("%s was never made, and is let go to be made anew\n", s.Name)
			if err := here.Query(ctx, "cloudformation", cloudFormation, "UpdateTerminationProtection", map[string]string{"StackName": s.Name, "EnableTerminationProtection": "false"}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}
