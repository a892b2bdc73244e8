package selftest_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/conformance"
	"github.com/spconform/spconform/mocks"
	"github.com/spconform/spconform/spec"
)

// transportWays are what HTTP and JSON leave to a product, each before what the way before it answers.
var transportWays = map[string]func(next http.Handler) http.Handler{
	"compresses where it may":            compresses,
	"answers in bits":                    inBits,
	"names the charset":                  answering(ofCharset),
	"writes JSON for people":             answering(indented),
	"escapes what JSON may escape":       answering(escaped),
	"has further keys":                   answering(furtherKeys),
	"lets a client have one token":       oneToken,
	"tells more of a token":              answering(moreOfTheToken),
	"says that it closes":                answering(func(a *httptest.ResponseRecorder) { a.Header().Set("Connection", "close") }),
	"hints early":                        hintsEarly,
	"takes no message of unknown length": ofKnownLength,
	"adds headers": answering(func(a *httptest.ResponseRecorder) {
		a.Header().Set("Set-Cookie", "session="+strings.Repeat("x", 4<<10)+"; HttpOnly; Secure")
		a.Header().Set("Strict-Transport-Security", "max-age=63072000")
		a.Header().Set("Cache-Control", "no-store")
	}),
}

// answering alters an answer as a whole.
func answering(alter func(*httptest.ResponseRecorder)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			alter(answer)
			maps.Copy(w.Header(), answer.Header())
			w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
			w.WriteHeader(answer.Code)
			_, _ = w.Write(answer.Body.Bytes())
		})
	}
}

func replaced(answer *httptest.ResponseRecorder, body []byte) {
	answer.Body = bytes.NewBuffer(body)
}

// compresses where it is not told that it may not.
func compresses(next http.Handler) http.Handler {
	compressing := answering(compressed)(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if allowed := r.Header.Get("Accept-Encoding"); allowed == "" || strings.Contains(allowed, "gzip") {
			compressing.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func compressed(answer *httptest.ResponseRecorder) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	_, _ = zip.Write(answer.Body.Bytes())
	_ = zip.Close()
	answer.Header().Set("Content-Encoding", "gzip")
	replaced(answer, out.Bytes())
}

func ofCharset(answer *httptest.ResponseRecorder) {
	if strings.HasPrefix(answer.Header().Get("Content-Type"), "application/json") {
		answer.Header().Set("Content-Type", `Application/JSON; Charset="UTF-8"`)
	}
}

func indented(answer *httptest.ResponseRecorder) {
	var out bytes.Buffer
	if json.Indent(&out, answer.Body.Bytes(), "\t", "    ") == nil && out.Len() > 0 {
		replaced(answer, []byte("\r\n"+strings.ReplaceAll(out.String(), "\n", "\r\n")+"\r\n"))
	}
}

// escaped writes letters beyond ASCII, and the solidus, as escapes.
func escaped(answer *httptest.ResponseRecorder) {
	if !json.Valid(answer.Body.Bytes()) {
		return
	}
	var out strings.Builder
	for _, r := range answer.Body.String() {
		switch {
		case r == '/':
			out.WriteString(`\/`)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04X\u%04X`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		case r > '~':
			fmt.Fprintf(&out, `\u%04X`, r)
		default:
			out.WriteRune(r)
		}
	}
	replaced(answer, []byte(out.String()))
}

// edited alters an answer that is an object with a member.
func edited(answer *httptest.ResponseRecorder, member string, alter func(map[string]any)) {
	var body map[string]any
	if json.Unmarshal(answer.Body.Bytes(), &body) != nil || body[member] == nil {
		return
	}
	alter(body)
	raw, _ := json.Marshal(body)
	replaced(answer, raw)
}

// furtherKeys are of kinds that no message is signed with, and one that is not for signing.
func furtherKeys(answer *httptest.ResponseRecorder) {
	edited(answer, "keys", func(body map[string]any) {
		further := []any{
			map[string]any{"kty": "EC", "crv": "P-256", "kid": "tls", "use": "sig", "alg": "ES256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
			map[string]any{"kty": "oct-of-tomorrow", "kid": "later", "use": "sig", "alg": "of tomorrow"},
		}
		keys, _ := body["keys"].([]any)
		body["keys"] = append(further, keys...)
	})
	if strings.Contains(answer.Body.String(), `"keys"`) {
		answer.Header().Set("Content-Type", "application/jwk-set+json")
	}
}

func moreOfTheToken(answer *httptest.ResponseRecorder) {
	edited(answer, "access_token", func(body map[string]any) {
		body["token_type"], body["scope"], body["not-before-policy"] = "bearer", "search subscribe", 0
	})
}

// inBits sends an answer in pieces of no length told before.
func inBits(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		maps.Copy(w.Header(), answer.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(answer.Code)
		for answer.Body.Len() > 0 {
			_, _ = w.Write(answer.Body.Next(max(1, answer.Body.Len()/2)))
			w.(http.Flusher).Flush()
		}
	})
}

func hintsEarly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusProcessing)
		next.ServeHTTP(w, r)
	})
}

func ofKnownLength(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.ContentLength < 0 {
			w.WriteHeader(http.StatusLengthRequired)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// closing serves what a server serves, and closes each connection as soon as it is idle, without a word.
func closing(t *testing.T, served http.Handler) string {
	t.Helper()
	front := httptest.NewUnstartedServer(served)
	front.Config.IdleTimeout = time.Millisecond
	front.Start()
	t.Cleanup(front.Close)
	return front.URL
}

// oneToken lets a client have one token of an endpoint at a time: a new one ends the one before.
func oneToken(next http.Handler) http.Handler {
	var mu sync.Mutex
	latest, ended := map[string]string{}, map[string]bool{}
	asked := func(client, token string) {
		mu.Lock()
		defer mu.Unlock()
		if before := latest[client]; before != "" {
			ended["Bearer "+before] = true
		}
		latest[client] = token
	}
	over := func(credential string) bool {
		mu.Lock()
		defer mu.Unlock()
		return ended[credential]
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if over(r.Header.Get("Authorization")) {
			refusesAs(w, http.StatusUnauthorized, "err.request.unauthorized")
			return
		}
		if !strings.HasSuffix(r.URL.Path, "/oauth2/client/token") {
			next.ServeHTTP(w, r)
			return
		}
		raw, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(raw))
		form, _ := url.ParseQuery(string(raw))
		answering(func(answer *httptest.ResponseRecorder) {
			var given struct {
				AccessToken string `json:"access_token"`
			}
			if json.Unmarshal(answer.Body.Bytes(), &given) == nil && given.AccessToken != "" {
				asked(r.URL.Path+" "+form.Get("client_id"), given.AccessToken)
			}
		})(next).ServeHTTP(w, r)
	})
}

// TestALegalTransportIsNotBlamed: how a product uses HTTP and JSON is its own, as long as it is HTTP and JSON.
func TestALegalTransportIsNotBlamed(t *testing.T) {
	if testing.Short() {
		t.Skip("two whole runs of the suite")
	}
	social, err := spec.FindInterface("social")
	require.NoError(t, err)
	for name, ways := range map[string][]string{
		"for people":   {"names the charset", "escapes what JSON may escape", "writes JSON for people", "has further keys", "tells more of a token", "answers in bits"},
		"by a gateway": {"lets a client have one token", "adds headers", "compresses where it may", "says that it closes", "hints early", "takes no message of unknown length"},
	} {
		t.Run(name, func(t *testing.T) {
			var served http.Handler
			alter := func(v *mocks.Vendor) {
				for _, way := range ways {
					require.Contains(t, transportWays, way)
					v.HTTP(transportWays[way])
				}
				v.HTTP(func(next http.Handler) http.Handler { served = next; return next })
			}
			report := legalRun(t, alter, []spec.Interface{social}, conformance.Options{Seed: 5}, func(target *conformance.Target) {
				access := target.Interfaces["social"]
				access.Base = closing(t, served)
				target.Interfaces["social"] = access
			})
			everythingMet(t, report)
		})
	}
}
