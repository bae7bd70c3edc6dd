package op

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Versioned is an answer that is a record: its version becomes the ETag.
type Versioned interface{ RecordVersion() int }

// Located is an answer that was made and has an address.
type Located interface{ Location() string }

// Tabular is an answer that can be given as CSV.
type Tabular interface {
	// Table gives the heading and the rows.
	Table() (heading []string, rows [][]string)
}

// Awaiting is an answer, such as a report, that does not hold yet what waits to be taken up. Its JSON says so in a member; the
// header Pending-Acts says it of every form, since a table of rows has no place for it.
type Awaiting interface {
	// Awaited is how many acts wait.
	Awaited() int
}

func (r *run[D, In, Out]) respond(out Out, status int) (*Response, error) {
	h := http.Header{"Cache-Control": {"no-store"}}
	if v, ok := any(out).(Versioned); ok && v.RecordVersion() > 0 {
		etag := fmt.Sprintf("\"v%d\"", v.RecordVersion())
		h.Set("ETag", etag)
		// What is shown besides the record may have changed while the record has not: such an answer is always given whole.
		if r.op.Spec.Kind == Query && names(r.req.Header.Get("If-None-Match"), etag) && !r.req.Query.Has("expand") {
			return &Response{Status: http.StatusNotModified, Header: h}, nil
		}
	}
	if l, ok := any(out).(Located); ok && (status == http.StatusCreated || status == http.StatusAccepted) {
		h.Set("Location", l.Location())
	}
	if n, ok := any(out).(interface{ NextCursor() string }); ok && n.NextCursor() != "" {
		h.Set("Link", nextLink(r.req, n.NextCursor()))
	}
	if w, ok := any(out).(Awaiting); ok {
		h.Set("Pending-Acts", strconv.Itoa(w.Awaited()))
	}
	if t, ok := any(out).(Tabular); ok && wantsCSV(r.req) {
		return csvAnswer(t, h, status)
	}
	if _, none := any(out).(None); none {
		return &Response{Status: status, Header: h}, nil
	}
	body, err := encode(out)
	if err != nil {
		return nil, err
	}
	h.Set("Content-Type", "application/json")
	return &Response{Status: status, Header: h, Body: body}, nil
}

// names tells whether an If-None-Match names a version: it may list several, take any, and have been weakened on its way.
func names(header, etag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == etag {
			return true
		}
	}
	return false
}

func wantsCSV(req *Request) bool {
	if f := req.Query.Get("format"); f != "" {
		return f == "csv"
	}
	return strings.HasPrefix(req.Header.Get("Accept"), "text/csv")
}

func nextLink(req *Request, cursor string) string {
	q := url.Values{}
	for name, v := range req.Query {
		q[name] = v
	}
	q.Set("cursor", cursor)
	return fmt.Sprintf("<%s?%s>; rel=\"next\"", req.Address, q.Encode())
}

// csvAnswer writes RFC 4180, with cells that a spreadsheet would run as a formula made harmless.
func csvAnswer(t Tabular, h http.Header, status int) (*Response, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	heading, rows := t.Table()
	if err := w.Write(heading); err != nil {
		return nil, err
	}
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = SafeCell(cell)
		}
		if err := w.Write(safe); err != nil {
			return nil, err
		}
	}
	w.Flush()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	return &Response{Status: status, Header: h, Body: b.Bytes()}, w.Error()
}

// SafeCell puts an apostrophe before text that a spreadsheet would take for a formula. Plain numbers stay as they are.
func SafeCell(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}

func retryAfter(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}

// announce tells that an operation will go, and when.
func announce(h http.Header, d *Deprecation) {
	since, err := time.Parse(time.DateOnly, d.Since)
	if err != nil {
		panic("op: deprecation without a date: " + err.Error())
	}
	sunset, err := time.Parse(time.DateOnly, d.Sunset)
	if err != nil {
		panic("op: sunset without a date: " + err.Error())
	}
	h.Set("Deprecation", fmt.Sprintf("@%d", since.Unix()))
	h.Set("Sunset", sunset.Format(http.TimeFormat))
}
