package github

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A role is what somebody may do in a repository; higher ones hold lower ones.
type role int

const (
	none role = iota
	read
	triage
	write
	maintain
	admin
)

var roleNames = []string{"none", "read", "triage", "write", "maintain", "admin"}

func (r role) String() string { return roleNames[r] }

// An actor is who makes a request.
type actor struct {
	user         *Account // nil for nobody
	app          bool     // the App itself, by its JSON web token
	installation *Installation
	grant        *grant
}

// name is by whom limits are counted.
func (a *actor) name() string {
	switch {
	case a.installation != nil:
		return "installation " + strconv.FormatInt(a.installation.ID, 10)
	case a.app:
		return "app"
	case a.user != nil:
		return "user " + strconv.FormatInt(a.user.ID, 10)
	default:
		return "anonymous"
	}
}

// known finds out who makes a request. The second answer is given instead when they are not let in.
func (s *Server) known(r *http.Request) (*actor, *answer) {
	token := presented(r)
	if token == "" {
		if r.Header.Get("Authorization") != "" {
			return nil, refusal(http.StatusUnauthorized, "Bad credentials")
		}
		return &actor{}, nil
	}
	if strings.Count(token, ".") == 2 {
		if bad := s.checkJWT(token); bad != nil {
			return nil, bad
		}
		return &actor{user: s.bot(), app: true}, nil
	}
	if g := s.grants.get(token); g != nil && s.clock.Now().Before(g.Expires) {
		if in := s.installations.byID(g.Installation); in != nil {
			if in.Suspended {
				return nil, refusal(http.StatusForbidden, "This installation has been suspended")
			}
			return &actor{user: s.bot(), installation: in, grant: g}, nil
		}
	}
	if a := s.account(s.consent.Bearer(token)); a != nil {
		return &actor{user: a}, nil
	}
	for _, login := range s.accounts.ids() {
		if a := s.accounts.get(login); a.Token != "" && equal(a.Token, token) {
			return &actor{user: a}, nil
		}
	}
	return nil, refusal(http.StatusUnauthorized, "Bad credentials")
}

func refusal(status int, message string) *answer {
	a := refuse(status, message)
	return &a
}

// presented is the token that a request shows: as a bearer, in GitHub's own scheme, or as a password.
func presented(r *http.Request) string {
	if _, password, ok := r.BasicAuth(); ok {
		return password
	}
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") && !strings.EqualFold(kind, "token") {
		return ""
	}
	return strings.TrimSpace(token)
}

// equal compares secrets without telling by its time where they differ.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// roleOf is what an account may do in a repository: what it was given, or as a member of the organisation; everybody reads
// what is public.
func (s *Server) roleOf(r *Repo, login string) role {
	best := none
	if !r.Private {
		best = read
	}
	if given := slices.Index(roleNames, r.Roles[strings.ToLower(login)]); given > 0 {
		best = max(best, role(given))
	}
	if strings.EqualFold(r.Owner, login) {
		return admin
	}
	if owner := s.account(r.Owner); owner != nil {
		switch owner.Members[strings.ToLower(login)] {
		case "admin":
			return admin
		case "member":
			best = max(best, read)
		}
	}
	return best
}

// role is what an actor that is a person may do.
func (s *Server) role(a *actor, r *Repo) role {
	if a.user == nil {
		if r.Private {
			return none
		}
		return read
	}
	return s.roleOf(r, a.user.Login)
}

// reaches says whether an installation was given access to a repository.
func (a *actor) reaches(r *Repo) bool {
	if !strings.EqualFold(a.installation.Account, r.Owner) {
		return false
	}
	return len(a.grant.Repositories) == 0 || slices.Contains(a.grant.Repositories, r.ID)
}

// granted says whether an installation's token has one of the permissions.
func (a *actor) granted(scopes []string, writing bool) bool {
	for _, scope := range scopes {
		has := a.grant.Permissions[scope]
		if has == "admin" || has == "write" || has == "read" && !writing {
			return true
		}
	}
	return len(scopes) == 0
}

// account finds an account by its login, nil when there is none.
func (s *Server) account(login string) *Account { return s.accounts.get(strings.ToLower(login)) }

// bot is the App's account.
func (s *Server) bot() *Account { return s.account(AppBot) }

// mayWrite says whether an actor may change what is not theirs, such as another's comment.
func (s *Server) mayWrite(a *actor, r *Repo) bool {
	if a.installation != nil {
		return a.reaches(r)
	}
	return s.role(a, r) >= write
}
