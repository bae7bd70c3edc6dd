package conformance

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/internal/store/storetest"
)

// snapshot is everything in the store: by table and key, each item as JSON.
type snapshot map[string]string

// snapshot reads every table whole.
func (s *system) snapshot(t *testing.T) snapshot {
	t.Helper()
	out := snapshot{}
	s.each(t, func(table string, raw map[string]any) {
		text, err := json.Marshal(raw)
		if err != nil {
			t.Fatal(err)
		}
		key, err := json.Marshal([]any{table, raw["pk"], raw["sk"]})
		if err != nil {
			t.Fatal(err)
		}
		out[string(key)] = string(text)
	})
	return out
}

func (s *system) each(t *testing.T, visit func(table string, raw map[string]any)) {
	t.Helper()
	for _, table := range storetest.Tables {
		pages := dynamodb.NewScanPaginator(s.DB.Client(), &dynamodb.ScanInput{TableName: aws.String(s.DB.TableName(table)), ConsistentRead: aws.Bool(true)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, av := range page.Items {
				raw := map[string]any{}
				if err := attributevalue.UnmarshalMapWithOptions(av, &raw, func(o *attributevalue.DecoderOptions) { o.UseNumber = true }); err != nil {
					t.Fatal(err)
				}
				visit(table, raw)
			}
		}
	}
}

// unchanged holds the store against an earlier snapshot.
func (s *system) unchanged(t *testing.T, before snapshot, why string) {
	t.Helper()
	after := s.snapshot(t)
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if was, there := before[key]; !there {
			t.Errorf("%s wrote %s: %s", why, key, after[key])
		} else if was != after[key] {
			t.Errorf("%s changed %s from %s to %s", why, key, was, after[key])
		}
	}
	for key := range before {
		if _, there := after[key]; !there {
			t.Errorf("%s removed %s", why, key)
		}
	}
}
