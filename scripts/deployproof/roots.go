package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"backoffice/internal/audit"
	"backoffice/internal/store"
)

// rooted shows what the audit roots of a deployed stage are worth: they are written by the scheduled job's own function; a link
// that was rewritten, and a root over which another was laid, are named. That the bucket locks them is not shown: the emulator
// drops the bucket's rule.
type rooted struct {
	at     *cloud
	tables *dynamodb.Client
	files  *s3.Client
	tenant string // whose ledger the first root holds
}

// bucket and folder of the roots.
const (
	rootsBucket = prefix + "-audit-roots-" + account
	rootsFolder = prefix + "/"
)

func proveRoots(ctx context.Context, c *stopwatch, at *cloud) error {
	cfg := at.emulator.config()
	r := &rooted{at: at, tables: dynamodb.NewFromConfig(cfg),
		files: s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })}
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"the audit chains are anchored, once, and hold", r.anchored},
		{"the first root stands in the bucket, and holds the ledger's chain", r.found},
		{"a link of an audit chain that was rewritten is named by its act", r.rewritten},
		{"a root that another was laid over is named", r.laidOver},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
		c.done("%s", step.what)
	}
	return nil
}

func (r *rooted) anchored(ctx context.Context) error {
	var first, second audit.Anchored
	if err := errors.Join(r.at.invoke(ctx, "platform.anchor-audit", "", nil, &first), r.at.invoke(ctx, "platform.anchor-audit", "", nil, &second)); err != nil {
		return err
	}
	if first.Root == 0 || len(first.Broken) > 0 || second.Root != first.Root || second.Roots != 0 {
		return fmt.Errorf("anchoring answered %+v, and then %+v", first, second)
	}
	h, err := r.hold(ctx)
	if err != nil || !h.Holds || h.Last != first.Root || h.Links == 0 {
		return errors.Join(fmt.Errorf("held against the roots: %+v", h), err)
	}
	return nil
}

func (r *rooted) hold(ctx context.Context) (h audit.Held, err error) {
	return h, r.at.invoke(ctx, "platform.verify-roots", "", map[string]any{"after": 0}, &h)
}

// found reads the first root where an auditor would, in the bucket.
func (r *rooted) found(ctx context.Context) error {
	got, err := r.files.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(rootsBucket), Key: aws.String(rootsFolder + audit.FileName(1))})
	if err != nil {
		return err
	}
	var root audit.Root
	if err := errors.Join(json.NewDecoder(got.Body).Decode(&root), got.Body.Close()); err != nil {
		return err
	}
	for _, c := range root.Chains {
		if c.Table == "finance" {
			r.tenant = c.Tenant
		}
	}
	if r.tenant == "" {
		return fmt.Errorf("none of its %d chains is the ledger's", len(root.Chains))
	}
	return nil
}

// rewritten changes what the first link of the ledger's chain tells of its act, with a hash that fits, and puts it back.
func (r *rooted) rewritten(ctx context.Context) error {
	table := aws.String(prefix + "-finance")
	got, err := r.tables.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, ConsistentRead: aws.Bool(true),
		Key: map[string]types.AttributeValue{"pk": text(r.tenant + "|CHAIN"), "sk": text(fmt.Sprintf("L%012d", 1))}})
	if err != nil {
		return err
	}
	var packed store.Packed
	var acts []store.ChainedAct
	if err := packed.UnmarshalDynamo(got.Item["a"]); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(packed), &acts); err != nil || len(acts) == 0 {
		return errors.Join(errors.New("the chain's first link holds no acts"), err)
	}
	acts[0].Record = "rec_forged"
	raw, err := json.Marshal(acts)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%s\n%s", 1, "", raw))
	was := map[string]types.AttributeValue{"a": got.Item["a"], "h": got.Item["h"]}
	got.Item["a"], got.Item["h"] = text(string(raw)), text(hex.EncodeToString(sum[:]))
	if _, err := r.tables.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: got.Item}); err != nil {
		return err
	}
	h, err := r.hold(ctx)
	if err != nil || h.Holds || len(h.Broken) != 1 || !strings.Contains(h.Broken[0].What, acts[0].Act) {
		return errors.Join(fmt.Errorf("held against the roots: %+v", h), err)
	}
	got.Item["a"], got.Item["h"] = was["a"], was["h"]
	if _, err := r.tables.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: got.Item}); err != nil {
		return err
	}
	if h, err = r.hold(ctx); err != nil || !h.Holds {
		return errors.Join(fmt.Errorf("after it was put back: %+v", h), err)
	}
	return nil
}

// laidOver puts another version over the first root, as whoever may write to the bucket could. It stays there.
func (r *rooted) laidOver(ctx context.Context) error {
	if _, err := r.files.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(rootsBucket), Key: aws.String(rootsFolder + audit.FileName(1)),
		Body: bytes.NewReader([]byte("{}"))}); err != nil {
		return err
	}
	h, err := r.hold(ctx)
	if err != nil || h.Holds || !slices.Equal(h.BadRoots, []string{"audit root 1 was written over"}) || h.Links == 0 {
		return errors.Join(fmt.Errorf("held against the roots: %+v", h), err)
	}
	return nil
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
