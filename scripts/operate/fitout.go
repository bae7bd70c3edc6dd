package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/infra/cloud/tables"
	"backoffice/internal/catalog"
)

// fitting is one thing that a table of the stacks has and a restore does not bring back.
type fitting struct {
	what string
	has  func(context.Context, *dynamodb.Client, *types.TableDescription) (bool, error)
	set  func(context.Context, *dynamodb.Client, *string) error
}

// fittings are all such things, but for the tags, which are the former table's.
func fittings() []fitting {
	return []fitting{
		{"a stream of new images", hasStream, func(ctx context.Context, db *dynamodb.Client, name *string) error {
			_, err := db.UpdateTable(ctx, &dynamodb.UpdateTableInput{TableName: name,
				StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage}})
			return err
		}},
		{"expiry by " + tables.ExpiryAttribute, hasExpiry, func(ctx context.Context, db *dynamodb.Client, name *string) error {
			_, err := db.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: name,
				TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(tables.ExpiryAttribute), Enabled: aws.Bool(true)}})
			return err
		}},
		{"recovery to any second", hasRecovery, func(ctx context.Context, db *dynamodb.Client, name *string) error {
			_, err := db.UpdateContinuousBackups(ctx, &dynamodb.UpdateContinuousBackupsInput{TableName: name,
				PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}})
			return err
		}},
		{"protection from deletion", hasProtection, func(ctx context.Context, db *dynamodb.Client, name *string) error {
			_, err := db.UpdateTable(ctx, &dynamodb.UpdateTableInput{TableName: name, DeletionProtectionEnabled: aws.Bool(true)})
			return err
		}},
	}
}

func hasStream(_ context.Context, _ *dynamodb.Client, t *types.TableDescription) (bool, error) {
	s := t.StreamSpecification
	return s != nil && aws.ToBool(s.StreamEnabled) && s.StreamViewType == types.StreamViewTypeNewImage, nil
}

func hasExpiry(ctx context.Context, db *dynamodb.Client, t *types.TableDescription) (bool, error) {
	out, err := db.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: t.TableName})
	if err != nil || out.TimeToLiveDescription == nil {
		return false, err
	}
	d := out.TimeToLiveDescription
	on := d.TimeToLiveStatus == types.TimeToLiveStatusEnabled || d.TimeToLiveStatus == types.TimeToLiveStatusEnabling
	return on && aws.ToString(d.AttributeName) == tables.ExpiryAttribute, nil
}

func hasRecovery(ctx context.Context, db *dynamodb.Client, t *types.TableDescription) (bool, error) {
	out, err := db.DescribeContinuousBackups(ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: t.TableName})
	if err != nil {
		return false, err
	}
	p := out.ContinuousBackupsDescription.PointInTimeRecoveryDescription
	return p != nil && p.PointInTimeRecoveryStatus == types.PointInTimeRecoveryStatusEnabled, nil
}

func hasProtection(_ context.Context, _ *dynamodb.Client, t *types.TableDescription) (bool, error) {
	return aws.ToBool(t.DeletionProtectionEnabled), nil
}

// fitOut gives the new tables what the former ones have, each thing unless it is there.
func (r *restoration) fitOut(ctx context.Context) error {
	for _, d := range catalog.Domains() {
		name := r.to + "-" + d.Name
		for _, f := range fittings() {
			if err := r.fit(ctx, name, f); err != nil {
				return fmt.Errorf("%s: %s: %w", name, f.what, err)
			}
		}
		if err := r.tag(ctx, r.from+"-"+d.Name, name); err != nil {
			return fmt.Errorf("%s: tags: %w", name, err)
		}
		missing, err := lacks(ctx, r.db, name)
		if err != nil {
			return err
		}
		if len(missing) > 0 {
			return fmt.Errorf("table %s still lacks %s: begin again", name, strings.Join(missing, ", "))
		}
		r.say("%s has stream, expiry, recovery, protection and tags", name)
	}
	return nil
}

func (r *restoration) fit(ctx context.Context, name string, f fitting) error {
	t, err := describe(ctx, r.db, name)
	if err != nil {
		return err
	}
	there, err := f.has(ctx, r.db, t)
	if err != nil || there {
		return err
	}
	return errors.Join(f.set(ctx, r.db, &name), r.active(ctx, name))
}

// tag copies tags; those of AWS itself are nobody's to give.
func (r *restoration) tag(ctx context.Context, from, to string) error {
	source, err := describe(ctx, r.db, from)
	if err != nil {
		return err
	}
	target, err := describe(ctx, r.db, to)
	if err != nil {
		return err
	}
	var own []types.Tag
	for next := (*string)(nil); ; {
		page, err := r.db.ListTagsOfResource(ctx, &dynamodb.ListTagsOfResourceInput{ResourceArn: source.TableArn, NextToken: next})
		if err != nil {
			return err
		}
		own = append(own, slices.DeleteFunc(page.Tags, func(t types.Tag) bool { return strings.HasPrefix(aws.ToString(t.Key), "aws:") })...)
		if next = page.NextToken; aws.ToString(next) == "" {
			break
		}
	}
	if len(own) == 0 {
		return nil
	}
	_, err = r.db.TagResource(ctx, &dynamodb.TagResourceInput{ResourceArn: target.TableArn, Tags: own})
	return err
}

// lacks names what a table does not have of what a table of the stacks has. CloudFormation sets nothing on what it takes over.
func lacks(ctx context.Context, db *dynamodb.Client, name string) ([]string, error) {
	t, err := describe(ctx, db, name)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, fmt.Errorf("table %s is not there", name)
	}
	var out []string
	for _, f := range fittings() {
		there, err := f.has(ctx, db, t)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", name, err)
		}
		if !there {
			out = append(out, f.what)
		}
	}
	return out, nil
}
