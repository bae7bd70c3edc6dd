package openapi

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

// traits are what an answer's type promises beyond its schema.
type traits struct{ versioned, located, paged, awaiting bool }

// traitsOf looks at the type that the operation's handler answers with.
func traitsOf(o op.Operation) traits {
	v := reflect.Indirect(reflect.ValueOf(o))
	if v.Kind() != reflect.Struct {
		return traits{}
	}
	f := v.FieldByName("Handle")
	if !f.IsValid() || f.Kind() != reflect.Func || f.Type().NumOut() == 0 {
		return traits{}
	}
	t := f.Type().Out(0)
	return traits{versioned: t.Implements(reflect.TypeFor[op.Versioned]()), located: t.Implements(reflect.TypeFor[op.Located]()),
		paged: t.Implements(reflect.TypeFor[interface{ NextCursor() string }]()), awaiting: t.Implements(reflect.TypeFor[op.Awaiting]())}
}

func (b *builder) responses(spec *op.Spec, hasBody bool, answer *huma.Schema, tabular bool, t traits) map[string]*huma.Response {
	status := spec.SuccessStatus()
	ok := &huma.Response{Description: http.StatusText(status), Headers: map[string]*huma.Header{"X-Request-Id": headerRef("X-Request-Id")}}
	if answer != nil {
		ok.Content = map[string]*huma.MediaType{jsonMedia: {Schema: answer}}
		if said := b.material.Recordings[spec.ID]; said.Answer != nil {
			ok.Content[jsonMedia].Example = said.Answer
		}
		if tabular {
			ok.Content[csvMedia] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Description: "RFC 4180, with a heading"}}
		}
	}
	if t.versioned {
		ok.Headers["ETag"] = headerRef("ETag")
	}
	if t.located && (status == http.StatusCreated || status == http.StatusAccepted) {
		ok.Headers["Location"] = headerRef("Location")
	}
	if t.paged {
		ok.Headers["Link"] = headerRef("Link")
	}
	if t.awaiting {
		ok.Headers["Pending-Acts"] = headerRef("Pending-Acts")
	}
	if spec.Deprecated != nil {
		ok.Headers["Deprecation"], ok.Headers["Sunset"] = headerRef("Deprecation"), headerRef("Sunset")
	}
	if spec.Writes() {
		ok.Headers["Idempotency-Replayed"] = headerRef("Idempotency-Replayed")
		ok.Headers["Dry-Run"] = headerRef("Dry-Run")
	}
	out := map[string]*huma.Response{strconv.Itoa(status): ok}
	if spec.Kind == op.Query && t.versioned {
		out["304"] = &huma.Response{Description: "The record still has the ETag that If-None-Match names.",
			Headers: map[string]*huma.Header{"ETag": headerRef("ETag"), "X-Request-Id": headerRef("X-Request-Id")}}
	}
	for _, code := range b.problemStatuses(spec, hasBody) {
		out[strconv.Itoa(code)] = b.refusal(spec, code)
	}
	return out
}

// refusal is the answer of a status, with the recorded problem where the operation has one of this status.
func (b *builder) refusal(spec *op.Spec, status int) *huma.Response {
	said := b.material.Recordings[spec.ID].Refusal
	if said.Status != status {
		return &huma.Response{Ref: "#/components/responses/" + problemName(status)}
	}
	out := problem(b.registry, status)
	out.Content[problemType].Examples = map[string]*huma.Example{"recorded": {Summary: said.Why, Value: said.Problem}}
	return out
}

// problemStatuses are the statuses of the refusals that a call can meet: those of the pipeline, and those of its own rules.
func (b *builder) problemStatuses(spec *op.Spec, hasBody bool) []int {
	out := []int{400, 404, 422, 429, 500, 503}
	if spec.Public == "" {
		out = append(out, 401, 403)
	}
	if spec.Kind == op.Command {
		out = append(out, 409)
	}
	if spec.IfMatch {
		out = append(out, 412, 428)
	}
	if hasBody {
		out = append(out, 413)
	}
	for _, r := range catalog.Rules() {
		if slices.Contains(b.material.Problems[spec.ID], r.Code) {
			out = append(out, op.StatusOf(r.Kind))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// problemTexts says what each refusal means, by status.
var problemTexts = map[int]string{
	400: "The request cannot be read: an unknown or ill-formed field, parameter or header.",
	401: "There is no valid access token.",
	403: "The caller lacks the right, or the token lacks the scope.",
	404: "There is no such record for this tenant.",
	409: "The record's state does not allow it, or the same key is still in flight.",
	412: "The record has changed since the version that If-Match names.",
	413: "The request is larger than this operation takes.",
	422: "A rule is broken; the fields at fault are listed.",
	428: "If-Match is missing.",
	429: "Too many requests: wait for the time in Retry-After.",
	500: "A defect on our side.",
	503: "The store does not answer at present: ask again with the same key.",
}

func problemName(status int) string { return fmt.Sprintf("Problem%d", status) }

func problems(r huma.Registry) map[string]*huma.Response {
	out := map[string]*huma.Response{}
	for status := range problemTexts {
		out[problemName(status)] = problem(r, status)
	}
	return out
}

func problem(r huma.Registry, status int) *huma.Response {
	schema := r.Schema(reflect.TypeFor[op.Problem](), true, "Problem")
	out := &huma.Response{Description: problemTexts[status], Content: map[string]*huma.MediaType{problemType: {Schema: schema}},
		Headers: map[string]*huma.Header{"X-Request-Id": headerRef("X-Request-Id")}}
	switch status {
	case http.StatusUnauthorized:
		out.Headers["WWW-Authenticate"] = headerRef("WWW-Authenticate")
	case http.StatusConflict, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		out.Headers["Retry-After"] = headerRef("Retry-After")
	}
	return out
}

func headerRef(name string) *huma.Header { return &huma.Header{Ref: "#/components/headers/" + name} }

func headers() map[string]*huma.Header {
	out := map[string]*huma.Header{}
	for name, text := range map[string]string{
		"X-Request-Id":         "The request's id, as the logs and a problem's instance name it.",
		"ETag":                 "The record's version, for If-Match.",
		"Location":             "The address of the record or job that was made.",
		"Link":                 "The next page, rel=\"next\"; absent at the end.",
		"Pending-Acts":         "How many acts wait to be taken into this report: nought when it holds everything.",
		"Idempotency-Replayed": "true when this answer repeats that of an earlier call with the same key.",
		"Dry-Run":              "true when nothing was kept.",
		"Deprecation":          "Since when the operation is deprecated (RFC 9745).",
		"Sunset":               "When the operation goes (RFC 8594).",
		"WWW-Authenticate":     "Bearer; with insufficient_user_authentication where the person must sign in anew (RFC 9470).",
		"Retry-After":          "Seconds to wait before asking again.",
	} {
		out[name] = &huma.Header{Description: text, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return out
}
