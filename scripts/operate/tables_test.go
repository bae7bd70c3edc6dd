package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/catalog"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/ddb"
	"backoffice/internal/store"

	"backoffice/scripts/awscall"
)

const keyID, secret = "operate", "a secret of the test"

// moment is what the tables held from an instant on.
type moment struct {
	at    time.Time
	items map[string][]map[string]types.AttributeValue // by domain
}

// tablesOfAWS are real tables of the embedded engine over HTTP, to which it adds what only AWS has: recovery, restores that take
// their time, and tables that stand under names of a stage.
type tablesOfAWS struct {
	t       *testing.T
	handler http.Handler
	client  *dynamodb.Client // reaches the engine itself
	account account

	mu       sync.Mutex
	off      map[string]bool      // tables whose recovery is off
	restored map[string]string    // table -> its source
	instants map[string]time.Time // table -> what it was restored to
	waits    map[string]int       // table -> how many looks it is not ready for yet
	moments  []moment             // oldest first
	held     *fakeAWS             // the stacks; nil for none
	early    map[string]bool      // domains whose restore misses the last moment, as if it had been cut in the midst of a transaction
	done     []string
}

func newTables(t *testing.T) *tablesOfAWS {
	t.Helper()
	engine, err := ddb.Open(ddb.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	f := &tablesOfAWS{t: t, handler: engine.Handler(keyID, secret), off: map[string]bool{}, restored: map[string]string{}, instants: map[string]time.Time{},
		waits: map[string]int{}, early: map[string]bool{}}
	cfg := aws.Config{Region: "eu-west-2", BaseEndpoint: aws.String("http://store.internal"), HTTPClient: &http.Client{Transport: engine.RoundTripper()},
		Credentials: credentials.NewStaticCredentialsProvider(keyID, secret, "")}
	f.client = dynamodb.NewFromConfig(cfg)
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	cfg.BaseEndpoint, cfg.HTTPClient = &srv.URL, nil
	f.account = account{awscall.Account{Config: cfg}}
	for _, d := range catalog.Domains() {
		in := store.TableInput("backoffice-dev-"+d.Name, true)
		in.DeletionProtectionEnabled = aws.Bool(true)
		in.Tags = []types.Tag{{Key: aws.String("owner"), Value: aws.String("engineering")}}
		if _, err := f.client.CreateTable(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// keep notes what a system's tables hold, as what the stage's tables have held from an instant on.
func (f *tablesOfAWS) keep(at time.Time, db *store.DB) {
	f.t.Helper()
	m := moment{at: at, items: map[string][]map[string]types.AttributeValue{}}
	for _, d := range catalog.Domains() {
		page, err := db.Client().Scan(f.t.Context(), &dynamodb.ScanInput{TableName: aws.String(db.TableName(d.Name))})
		if err != nil || page.LastEvaluatedKey != nil {
			f.t.Fatal(err, "more than one page")
		}
		m.items[d.Name] = page.Items
		f.put("backoffice-dev-"+d.Name, page.Items)
	}
	f.moments = append(f.moments, m)
}

func (f *tablesOfAWS) put(table string, items []map[string]types.AttributeValue) {
	for _, it := range items {
		if _, err := f.client.PutItem(f.t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: it}); err != nil {
			f.t.Error(err)
		}
	}
}

func (f *tablesOfAWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Error(err)
	}
	target := r.Header.Get("X-Amz-Target")
	if target == "" { // CloudFormation
		f.stacks(w, raw)
		return
	}
	action := target[strings.LastIndex(target, ".")+1:]
	var in struct {
		TableName, SourceTableName, TargetTableName string
		RestoreDateTime                             float64
		PointInTimeRecoverySpecification            struct{ PointInTimeRecoveryEnabled bool }
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		f.t.Error(err)
	}
	if slices.ContainsFunc([]string{"Update", "Restore", "Tag", "Put", "Transact", "Delete", "Batch", "Create"}, func(verb string) bool { return strings.HasPrefix(action, verb) }) {
		f.done = append(f.done, action+" "+in.TableName+in.TargetTableName)
	}
	switch action {
	case "UpdateContinuousBackups":
		delete(f.off, in.TableName)
		fallthrough
	case "DescribeContinuousBackups":
		if _, err := f.client.DescribeTable(f.t.Context(), &dynamodb.DescribeTableInput{TableName: &in.TableName}); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"__type":"com.amazonaws.dynamodb.v20120810#TableNotFoundException","message":"Table not found: `+in.TableName+`"}`)
			return
		}
		_, _ = io.WriteString(w, f.recovery(in.TableName))
	case "RestoreTableToPointInTime":
		f.restore(in.SourceTableName, in.TargetTableName, time.Unix(int64(in.RestoreDateTime), 0))
		_, _ = io.WriteString(w, "{}")
	case "DescribeTable":
		f.describeTable(w, r, raw, in.TableName)
	default:
		f.pass(w, r, raw)
	}
}

func (f *tablesOfAWS) stacks(w io.Writer, raw []byte) {
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		f.t.Error(err)
	}
	answer := "<R/>"
	if f.held != nil {
		answer = f.held.answer(form.Get("Action"), form)
	}
	_, _ = io.WriteString(w, answer)
}

func (f *tablesOfAWS) pass(w http.ResponseWriter, r *http.Request, raw []byte) {
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(raw))
	f.handler.ServeHTTP(w, again)
}

func (f *tablesOfAWS) recovery(table string) string {
	status := "ENABLED"
	if f.off[table] {
		status = "DISABLED"
	}
	return fmt.Sprintf(`{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED","PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":%q,"EarliestRestorableDateTime":%d,"LatestRestorableDateTime":%d}}}`,
		status, f.moments[0].at.Unix(), f.moments[len(f.moments)-1].at.Unix())
}

// restore makes a table with items and indexes, and nothing else that the source has, as AWS does.
func (f *tablesOfAWS) restore(source, target string, at time.Time) {
	if _, err := f.client.CreateTable(f.t.Context(), store.TableInput(target, false)); err != nil {
		f.t.Error(err)
	}
	domain := strings.TrimPrefix(source, "backoffice-dev-")
	fits := slices.DeleteFunc(slices.Clone(f.moments), func(m moment) bool { return m.at.After(at) })
	if f.early[domain] && len(fits) > 1 {
		fits = fits[:len(fits)-1]
	}
	f.put(target, fits[len(fits)-1].items[domain])
	f.restored[target], f.instants[target], f.waits[target], f.off[target] = source, at, 2, true
}

// describeTable answers as the engine does, and tells of a restore.
func (f *tablesOfAWS) describeTable(w http.ResponseWriter, r *http.Request, raw []byte, name string) {
	rec := httptest.NewRecorder()
	f.pass(rec, r, raw)
	source, ok := f.restored[name]
	if !ok {
		maps.Copy(w.Header(), rec.Header())
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
		return
	}
	var answer struct{ Table map[string]any }
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
		f.t.Error(err)
	}
	answer.Table["RestoreSummary"] = map[string]any{"SourceTableArn": "arn:aws:dynamodb:eu-west-2:123456789012:table/" + source,
		"RestoreDateTime": f.instants[name].Unix(), "RestoreInProgress": f.waits[name] > 0}
	if f.waits[name] > 0 {
		f.waits[name]--
		answer.Table["TableStatus"] = "CREATING"
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// books are a system with a journal at a quiet instant, and with a job of the ledger's, which stands in the platform's table, at
// a later one.
func (f *tablesOfAWS) books() (quiet, later time.Time) {
	f.t.Helper()
	s, err := rehearsal.Open(f.t.Context(), rehearsal.Options{})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = s.Close() })
	tn, err := s.Tenant(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	quiet = time.Date(2026, 6, 15, 9, 0, 0, 0, time.UTC)
	later = quiet.Add(10 * time.Second)
	f.play(s, tn, "finance.record-journal")
	f.keep(quiet, s.DB)
	f.play(s, tn, "finance.rebuild-projections")
	f.keep(later, s.DB)
	return quiet, later
}

func (f *tablesOfAWS) play(s *rehearsal.System, tn *rehearsal.Tenant, id string) {
	f.t.Helper()
	o, err := catalog.Find(id)
	if err != nil {
		f.t.Fatal(err)
	}
	r, err := tn.Prepare(f.t.Context(), o)
	if err != nil {
		f.t.Fatal(err)
	}
	if a, err := r.Send(f.t.Context()); err != nil || !a.OK() {
		f.t.Fatal(id, err, a)
	}
	if err := s.Settle(f.t.Context(), tn.ID); err != nil {
		f.t.Fatal(err)
	}
}
