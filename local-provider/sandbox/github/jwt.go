package github

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestJWT is how long an App's JSON web token may be valid
// (docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app).
const longestJWT = 10 * time.Minute

var errKey = errors.New("the App's key is neither an RSA private key nor a public one in PEM")

// readKey reads the App's key, of which only the public half is kept. No key is none.
func readKey(text []byte) (*rsa.PublicKey, error) {
	if len(text) == 0 {
		return nil, nil
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errKey
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return &key.PublicKey, nil
	}
	if key, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
		return key, nil
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if key, ok := private.(*rsa.PrivateKey); ok && err == nil {
		return &key.PublicKey, nil
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if key, ok := public.(*rsa.PublicKey); ok && err == nil {
		return key, nil
	}
	return nil, fmt.Errorf("%w (it is a %s)", errKey, block.Type)
}

// A claim is what an App's token says. GitHub takes the issuer as a number or as text.
type claim struct {
	Issuer  any      `json:"iss"`
	Issued  *float64 `json:"iat"`
	Expires *float64 `json:"exp"`
}

const undecodable = "A JSON web token could not be decoded"

// checkJWT refuses a token that is not the App's, in GitHub's words. It goes by the world's time, not the sandbox's, as the
// App that made it does.
func (s *Server) checkJWT(token string) *answer {
	signed, signature, _ := cutLast(token, ".")
	head, body, _ := strings.Cut(signed, ".")
	var header struct{ Alg string }
	var says claim
	if !decodePart(head, &header) || !decodePart(body, &says) || header.Alg != "RS256" || s.appKey == nil {
		return refusal(http.StatusUnauthorized, undecodable)
	}
	raw, err := base64.RawURLEncoding.DecodeString(signature)
	sum := sha256.Sum256([]byte(signed))
	if err != nil || rsa.VerifyPKCS1v15(s.appKey, crypto.SHA256, sum[:], raw) != nil {
		return refusal(http.StatusUnauthorized, undecodable)
	}
	return s.checkClaim(says, time.Now())
}

func (s *Server) checkClaim(says claim, now time.Time) *answer {
	switch id := fmt.Sprint(says.Issuer); {
	case says.Expires == nil || unix(*says.Expires).Before(now):
		return refusal(http.StatusUnauthorized, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
	case unix(*says.Expires).Sub(now) > longestJWT:
		return refusal(http.StatusUnauthorized, "'Expiration time' claim ('exp') is too far in the future")
	case says.Issued == nil || unix(*says.Issued).After(now.Add(time.Second)):
		return refusal(http.StatusUnauthorized, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
	case says.Issuer == nil:
		return refusal(http.StatusUnauthorized, "Missing 'issuer' claim ('iss') in assertion")
	case id != strconv.FormatInt(s.options.AppID, 10) && id != ClientID:
		return refusal(http.StatusNotFound, "Integration not found")
	}
	return nil
}

func unix(seconds float64) time.Time { return time.Unix(int64(seconds), 0) }

func decodePart(text string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && json.Unmarshal(raw, into) == nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
