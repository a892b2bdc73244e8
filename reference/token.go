package reference

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/spconform/spconform/spec/message"
)

// tokenAnswer is OAuth2ClientTokenResponse. expires_in is seconds as text, as published.
type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   string `json:"expires_in"`
}

// serveToken issues a bearer token for client credentials (RFC 6749, 4.4), sent in the form or as
// HTTP Basic (2.3.1).
func (s *Server) serveToken(w http.ResponseWriter, r *http.Request, in *Incoming) error {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return refuseWith(http.StatusUnsupportedMediaType, message.ErrRequestBad, "send the token request as application/x-www-form-urlencoded")
	}
	r.Body = http.MaxBytesReader(w, r.Body, s.limits.Body)
	if err := r.ParseForm(); err != nil {
		return refuse(message.ErrRequestBad, "the token request is not a readable form")
	}
	if r.PostForm.Get("grant_type") != "client_credentials" {
		return refuse(message.ErrRequestBad, "grant_type must be client_credentials")
	}
	clientID, secret, basic := r.BasicAuth()
	if !basic {
		clientID, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	participant, known := s.roster.findClient(clientID)
	// Hashing first makes the comparison's time independent of the length of either secret.
	given, held := sha256.Sum256([]byte(secret)), sha256.Sum256([]byte(participant.ClientSecret))
	same := subtle.ConstantTimeCompare(given[:], held[:]) == 1
	if !known || participant.ClientSecret == "" || !same {
		return refuse(message.ErrRequestUnauthorized, "client_id or client_secret is wrong")
	}
	token, err := s.issue(participant.ID, in.ReceiverID)
	if err != nil {
		return err
	}
	seconds := int64(s.limits.TokenLife / time.Second)
	writeJSON(w, http.StatusOK, tokenAnswer{AccessToken: token, TokenType: "Bearer", ExpiresIn: strconv.FormatInt(seconds, 10)})
	return nil
}

func (s *Server) issue(subject, audience string) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: s.ring.present()},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	now := s.now()
	return jwt.Signed(signer).Claims(jwt.Claims{
		ID: rand.Text(), Issuer: s.issuer(), Subject: subject, Audience: jwt.Audience{audience},
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(s.limits.TokenLife)),
	}).Serialize()
}

func (s *Server) issuer() string { return orElse(s.baseURL, "reference") }

// checkToken holds every message to a bearer token that this server issued and that has not expired.
func (s *Server) checkToken(_ context.Context, in *Incoming) error {
	unauthorized := refuse(message.ErrRequestUnauthorized, "send a bearer token of "+tokenPath+" that has not expired")
	scheme, text, _ := strings.Cut(in.HTTP.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return unauthorized
	}
	claims, ours := s.tokens.claims(strings.TrimSpace(text), s.ring.issued)
	if !ours {
		return unauthorized
	}
	expected := jwt.Expected{Issuer: s.issuer(), AnyAudience: jwt.Audience{in.ReceiverID}, Time: s.now()}
	if claims.Expiry == nil || claims.Subject == "" || claims.ValidateWithLeeway(expected, 0) != nil {
		return unauthorized
	}
	in.Subject = claims.Subject
	return nil
}

// maxTokens bounds how many tokens are remembered at a time.
const maxTokens = 4096

// tokens remembers what the tokens say whose signature held: a client sends one token with many messages,
// and a key that has signed tokens stays one that has. Whether a token still holds is judged each time.
type tokens struct {
	mutex sync.RWMutex
	held  map[string]jwt.Claims
}

// claims is what a token says; false where none of the keys has signed it.
func (t *tokens) claims(text string, keys func() []jose.JSONWebKey) (jwt.Claims, bool) {
	t.mutex.RLock()
	claims, known := t.held[text]
	t.mutex.RUnlock()
	if known {
		return claims, true
	}
	token, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		return claims, false
	}
	if !slices.ContainsFunc(keys(), func(key jose.JSONWebKey) bool { return token.Claims(key.Key, &claims) == nil }) {
		return claims, false
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.held == nil || len(t.held) >= maxTokens {
		t.held = map[string]jwt.Claims{}
	}
	t.held[text] = claims
	return claims, true
}
