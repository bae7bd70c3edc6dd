package ledger

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/finance"
)

// records are the finance table as it is stored, read past all of the system's own code.
type records struct {
	journals map[string]storedJournal
	acts     []storedAct
	sums     map[string]int64 // rows of the balances: partition without the tenant, sort key and attribute
	entries  []storedEntry
	listed   []string // journals of the listing
	counters map[string]int64
	keys     []string // all partition keys
}

type storedJournal struct {
	PK         string       `dynamodbav:"pk"`
	ID         string       `dynamodbav:"id"`
	Number     string       `dynamodbav:"no"`
	State      string       `dynamodbav:"st"`
	Date       string       `dynamodbav:"dt"`
	Text       string       `dynamodbav:"ds"`
	Series     string       `dynamodbav:"ser"`
	Lines      []storedLine `dynamodbav:"l"`
	Reverses   string       `dynamodbav:"rv"`
	ReversedBy string       `dynamodbav:"rb"`
}

type storedLine struct {
	Account string            `dynamodbav:"a"`
	Minor   int64             `dynamodbav:"m"`
	Values  map[string]string `dynamodbav:"x"`
}

type storedAct struct {
	ID        string            `dynamodbav:"id"`
	Operation string            `dynamodbav:"op"`
	Record    string            `dynamodbav:"rid"`
	Others    []string          `dynamodbav:"oth"`
	Project   string            `dynamodbav:"prj"`
	Pending   string            `dynamodbav:"pend"`
	Events    string            `dynamodbav:"ev"`
	Images    map[string][]byte `dynamodbav:"img"`
}

func (a storedAct) records() []string {
	if len(a.Others) > 0 {
		return a.Others
	}
	return []string{a.Record}
}

type storedEntry struct {
	Account string // from the key
	Date    string
	Journal string `dynamodbav:"j"`
	Line    int    `dynamodbav:"i"`
	Minor   int64  `dynamodbav:"m"`
}

// readAll reads the table whole.
func (w *world) readAll(t testing.TB) records {
	t.Helper()
	r := records{journals: map[string]storedJournal{}, sums: map[string]int64{}, counters: map[string]int64{}}
	in := &dynamodb.ScanInput{TableName: aws.String(w.DB.TableName(finance.Table)), ConsistentRead: aws.Bool(true)}
	for {
		out, err := w.DB.Client().Scan(context.WithoutCancel(t.Context()), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range out.Items {
			if err := r.take(item); err != nil {
				t.Fatal(err)
			}
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return r
		}
	}
}

func text(item map[string]types.AttributeValue, name string) string {
	s, _ := item[name].(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

func (r *records) take(item map[string]types.AttributeValue) error {
	pk, sk := text(item, "pk"), text(item, "sk")
	r.keys = append(r.keys, pk)
	parts := strings.Split(pk, "|")
	switch parts[1] {
	case "JRN":
		var j storedJournal
		err := attributevalue.UnmarshalMap(item, &j)
		r.journals[j.ID] = j
		return err
	case "ACT":
		var a storedAct
		if sk != "A" {
			return nil // a part of another
		}
		err := attributevalue.UnmarshalMap(item, &a)
		r.acts = append(r.acts, a)
		return err
	case "BAL", "DAY":
		return r.takeSums(strings.Join(parts[1:], "|")+"/"+sk+"/", item)
	case "LED":
		return r.takeEntries(parts[3], sk, item)
	case "REG":
		var row struct {
			Journals []struct {
				ID string `dynamodbav:"j"`
			} `dynamodbav:"l"`
		}
		err := attributevalue.UnmarshalMap(item, &row)
		for _, j := range row.Journals {
			r.listed = append(r.listed, j.ID)
		}
		return err
	case "NUM":
		var n int64
		err := attributevalue.Unmarshal(item["n"], &n)
		r.counters[sk] = n
		return err
	}
	return nil
}

func (r *records) takeSums(at string, item map[string]types.AttributeValue) error {
	for name, v := range item {
		if len(name) != 3 || !strings.ContainsAny(name[:1], "dc") {
			continue
		}
		var n int64
		if err := attributevalue.Unmarshal(v, &n); err != nil {
			return err
		}
		if n != 0 {
			r.sums[at+name] = n
		}
	}
	return nil
}

func (r *records) takeEntries(account, sk string, item map[string]types.AttributeValue) error {
	var row struct {
		Entries []storedEntry `dynamodbav:"l"`
	}
	err := attributevalue.UnmarshalMap(item, &row)
	for _, e := range row.Entries {
		e.Account, e.Date = account, sk[:len("2026-04-30")]
		r.entries = append(r.entries, e)
	}
	return err
}
