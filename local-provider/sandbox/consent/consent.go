// Package consent is where the people of a stand-in agree to log in somewhere else with their account: the page that asks
// them, the codes that come of it (RFC 6749, section 4.1), which need the verifier with whose challenge they were asked for (RFC 7636),
// and the tokens that codes are redeemed for.
package consent

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/gate"
)

// codeFor is how long a code can be redeemed.
const codeFor = 10 * time.Minute

// Client is who may ask people to log in.
type Client struct {
	ID, Secret string
	Redirects  []string // where browsers may be sent back to; anywhere when empty
}

// Person is somebody who can agree.
type Person struct{ ID, Name string }

// Issued is what a code stands for.
type Issued struct {
	Person, Redirect, Nonce, Scope string

	challenge string
	until     time.Time
}

// Desk asks people and keeps what they agreed to, in memory. Set its fields before it is served.
type Desk struct {
	Client Client
	Gate   gate.Gate // who may play people
	Title  string    // "Slack"
	Path   string    // of the page
	People func() []Person
	Now    func() time.Time

	mu     sync.Mutex
	codes  map[string]Issued
	tokens map[string]Issued
}

// asking is a request for a login.
type asking struct{ client, redirect, state, nonce, scope, challenge, method string }

func askingOf(query url.Values) asking {
	return asking{
		query.Get("client_id"), query.Get("redirect_uri"), query.Get("state"), query.Get("nonce"), query.Get("scope"),
		query.Get("code_challenge"), query.Get("code_challenge_method"),
	}
}

// ServeHTTP serves the page. With the query's as, that person has agreed; with deny, nobody did.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	gate.Dressed(http.HandlerFunc(d.serve)).ServeHTTP(w, r)
}

func (d *Desk) serve(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	a := askingOf(query)
	switch {
	case d.Client.ID == "" || a.client != d.Client.ID:
		http.Error(w, "invalid client_id parameter: there is no such client", http.StatusBadRequest)
	case !d.leadsBack(a.redirect):
		http.Error(w, "redirect_uri did not match any configured URIs", http.StatusBadRequest)
	case !d.Gate.Known(r):
		d.show(w, "door", sight{Title: d.Title, Next: r.URL.RequestURI(), Wrong: query.Has("wrong")})
	case query.Has("deny"):
		back(w, r, a.redirect, url.Values{"error": {"access_denied"}, "error_description": {"The user has denied your application access."}, "state": {a.state}})
	case query.Get("as") != "":
		d.agree(w, r, a, query.Get("as"))
	default:
		d.ask(w, query)
	}
}

// leadsBack reports whether browsers may be sent to an address.
func (d *Desk) leadsBack(redirect string) bool {
	u, err := url.Parse(redirect)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") &&
		(len(d.Client.Redirects) == 0 || slices.Contains(d.Client.Redirects, redirect))
}

func back(w http.ResponseWriter, r *http.Request, to string, more url.Values) {
	u, err := url.Parse(to)
	if err != nil {
		http.Error(w, "redirect_uri is no address", http.StatusBadRequest)
		return
	}
	query := u.Query()
	maps.Copy(query, more)
	u.RawQuery = query.Encode()
	http.Redirect(w, r, u.String(), http.StatusFound)
}

// agree issues a code for a person.
func (d *Desk) agree(w http.ResponseWriter, r *http.Request, a asking, person string) {
	if !slices.ContainsFunc(d.People(), func(p Person) bool { return p.ID == person }) {
		http.Error(w, "there is nobody of that name", http.StatusNotFound)
		return
	}
	if a.challenge != "" && a.method != "S256" {
		back(w, r, a.redirect, url.Values{"error": {"invalid_request"}, "state": {a.state}})
		return
	}
	code := rand.Text()
	d.mu.Lock()
	if d.codes == nil {
		d.codes, d.tokens = make(map[string]Issued), make(map[string]Issued)
	}
	d.codes[code] = Issued{Person: person, Redirect: a.redirect, Nonce: a.nonce, Scope: a.scope, challenge: a.challenge, until: d.Now().Add(codeFor)}
	d.mu.Unlock()
	back(w, r, a.redirect, url.Values{"code": {code}, "state": {a.state}})
}

// Why a code is not redeemed.
const (
	BadClient   = "client"
	BadCode     = "code"
	BadRedirect = "redirect"
)

// Redeem gives a token for a code, which counts once, whether or not it was redeemed rightly. problem is why there is none.
func (d *Desk) Redeem(form url.Values, prefix string) (token string, issued Issued, problem string) {
	if d.Client.ID == "" || form.Get("client_id") != d.Client.ID ||
		subtle.ConstantTimeCompare([]byte(form.Get("client_secret")), []byte(d.Client.Secret)) != 1 {
		return "", issued, BadClient
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	issued, there := d.codes[form.Get("code")]
	delete(d.codes, form.Get("code"))
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	switch {
	case !there || d.Now().After(issued.until):
		return "", issued, BadCode
	case form.Get("redirect_uri") != issued.Redirect:
		return "", issued, BadRedirect
	case issued.challenge != "" && issued.challenge != base64.RawURLEncoding.EncodeToString(sum[:]):
		return "", issued, BadCode
	}
	token = prefix + rand.Text()
	d.tokens[token] = issued
	return token, issued, ""
}

// Bearer is whose token it is; "" for nobody's.
func (d *Desk) Bearer(token string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tokens[token].Person
}

func (d *Desk) ask(w http.ResponseWriter, query url.Values) {
	link := func(name, value string) string {
		more := maps.Clone(query)
		more.Set(name, value)
		return d.Path + "?" + more.Encode()
	}
	s := sight{Title: d.Title, Deny: link("deny", "1")}
	for _, p := range d.People() {
		s.People = append(s.People, choice{p.Name, link("as", p.ID)})
	}
	d.show(w, "ask", s)
}
