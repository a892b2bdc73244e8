package mocks

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// failed says whether a receiver did not take what it was sent.
func failed(response *http.Response, err error) bool {
	return err != nil || response.StatusCode/100 != 2
}

// dyingAfter is a vendor of which nothing is left once a callback has failed.
func dyingAfter(fails func(*http.Response, error) bool, last func(http.ResponseWriter)) func(*Vendor) {
	return func(v *Vendor) {
		var dead atomic.Bool
		v.Calls(func(request *http.Request, next send) (*http.Response, error) {
			if dead.Load() {
				return nil, errGone
			}
			response, err := next(request)
			if fails(response, err) {
				dead.Store(true)
			}
			return response, err
		})
		v.Before(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			if dead.Load() {
				last(w)
			}
			return dead.Load()
		})
	}
}

// What becomes of a callback that is not taken at once: when it is sent again, to whom, and what else waits for it.
var _ = register(
	Defect{ID: "callback-tried-once", Class: classCallback, Breaks: []string{"REG-CB-008"}, Sentence: "tries a callback once and forgets it",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			quietly(request, next)
			return accepted(request), nil
		})},
	Defect{ID: "callback-error-ignored", Class: classCallback, Breaks: []string{"REG-CB-008"}, Sentence: "takes any HTTP answer to a callback for success",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			response, err := next(request)
			if err != nil {
				return response, err
			}
			_ = response.Body.Close()
			return accepted(request), nil
		})},
	Defect{ID: "callback-break-ignored", Class: classCallback, Breaks: []string{"REG-CB-008"}, Sentence: "does not try again after a broken connection",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			response, err := next(request)
			if err != nil {
				return accepted(request), nil
			}
			return response, nil
		})},
	Defect{ID: "callback-empty-again", Class: classCallback, Breaks: []string{"REG-CB-008"}, Sentence: "sends an empty body when it tries again",
		Alter: func(v *Vendor) {
			var tried remembered
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				id, _ := within(parsed(content(request)), "header")["message_id"].(string)
				if tried.has(id) {
					carry(request, []byte("{}"))
				}
				tried.add(id)
				return next(request)
			})(v)
		}},
	Defect{ID: "callback-twice", Class: classCallback, Breaks: []string{"REG-CB-009"}, Sentence: "sends every callback twice",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			quietly(another(request), next)
			return next(request)
		})},
	Defect{ID: "callback-twice-every-third", Class: classCallback, Strength: EveryThird, Breaks: []string{"REG-CB-009"}, Sentence: "sends every third callback twice",
		Alter: func(v *Vendor) {
			third := everyThird()
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				if third() {
					quietly(another(request), next)
				}
				return next(request)
			})(v)
		}},
	Defect{ID: "callback-again-a-little-later", Class: classCallback, Breaks: []string{"REG-CB-009"}, Sentence: "sends a callback again a moment after it was taken",
		Alter: callbacks(func(request *http.Request, next send) (*http.Response, error) {
			second := another(request)
			response, err := next(request)
			time.AfterFunc(100*time.Millisecond, func() { quietly(second, next) })
			return response, err
		})},
	Defect{ID: "dies-of-a-broken-callback", Class: classCallback, Breaks: []string{"REG-CB-010"}, Sentence: "dies when a callback address breaks the connection off",
		Alter: dyingAfter(func(_ *http.Response, err error) bool { return err != nil },
			func(http.ResponseWriter) { panic(http.ErrAbortHandler) })},
	Defect{ID: "fails-after-a-broken-callback", Class: classCallback, Breaks: []string{"REG-CB-010"}, Sentence: "answers everything with HTTP 503 once a callback could not be delivered",
		Alter: dyingAfter(failed, func(w http.ResponseWriter) {
			sayJSON(w, http.StatusServiceUnavailable, `{"errors":[{"code":"err.service.unavailable"}]}`)
		})},
	Defect{ID: "callbacks-one-at-a-time", Class: classCallback, Breaks: []string{"REG-CB-011"}, Sentence: "tries a failed callback again and again before it turns to the next",
		Alter: func(v *Vendor) {
			var turn sync.Mutex
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				turn.Lock()
				defer turn.Unlock()
				for {
					response, err := next(another(request))
					if !failed(response, err) || request.Context().Err() != nil {
						return response, err
					}
					select {
					case <-time.After(50 * time.Millisecond):
					case <-request.Context().Done():
						return nil, errGone
					}
				}
			})(v)
		}},
	Defect{ID: "callbacks-stop-after-a-failure", Class: classCallback, Breaks: []string{"REG-CB-011"}, Sentence: "stops all callbacks for a minute after one has failed",
		Alter: func(v *Vendor) {
			var until atomic.Int64
			callbacks(func(request *http.Request, next send) (*http.Response, error) {
				if time.Now().Unix() < until.Load() {
					return nil, errGone
				}
				response, err := next(request)
				if err != nil {
					until.Store(time.Now().Add(time.Minute).Unix())
				}
				return response, err
			})(v)
		}},
	Defect{ID: "redirect-followed", Class: classCallback, Breaks: []string{"REG-CB-012"}, Sentence: "follows a redirect of a callback address, and posts the answer there",
		Alter: callbacks(redirected(http.MethodPost))},
	Defect{ID: "redirect-followed-by-get", Class: classCallback, Breaks: []string{"REG-CB-012"}, Sentence: "follows a redirect of a callback address by GET",
		Alter: callbacks(redirected(http.MethodGet))},
)

// redirected follows redirects by the method.
func redirected(method string) func(*http.Request, send) (*http.Response, error) {
	return func(request *http.Request, next send) (*http.Response, error) {
		second := another(request)
		response, err := next(request)
		if err != nil || response.StatusCode/100 != 3 {
			return response, err
		}
		_ = response.Body.Close()
		if second.URL, err = request.URL.Parse(response.Header.Get("Location")); err != nil {
			return nil, err
		}
		if second.Method = method; method == http.MethodGet {
			carry(second, nil)
		}
		return next(second.WithContext(context.WithoutCancel(request.Context())))
	}
}
