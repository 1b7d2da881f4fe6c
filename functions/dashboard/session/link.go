package session

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/site"
)

const (
	// linkFor is how long a link can be used.
	linkFor = 5 * time.Minute
	// attemptFor is how long a login may take that has begun.
	attemptFor = 10 * time.Minute
	// longest bounds what is looked up, in bytes.
	longest = 200
)

// Link makes a link that logs somebody in, once, within five minutes. tooMany reports that they asked for too many.
func (s *Sessions) Link(ctx context.Context, who Person) (link string, tooMany bool, err error) {
	if tooMany, err = s.store.paced(ctx, "link for "+who.Principal, mostLinks); tooMany || err != nil {
		return "", tooMany, err
	}
	secret := token()
	if err := s.store.put(ctx, linkKey(digest(secret)), who, linkFor); err != nil {
		return "", false, err
	}
	return s.URL + "/login/link?token=" + url.QueryEscape(secret), false, nil
}

// offered is what the page with the button shows.
type offered struct {
	Token string
	Who   *Person // nil when the link is of no use any more
}

// confirm shows whom a link would log in, and a button. Nothing is redeemed by looking: chats look at links by themselves to
// show what is behind them.
func (s *Sessions) confirm(ctx context.Context, r *site.Request) (site.View, error) {
	at := offered{Token: r.URL.Query().Get("token")}
	who := new(Person)
	there, err := s.peek(ctx, at.Token, who, false)
	if err != nil {
		return site.View{}, err
	}
	if !there {
		return site.View{Template: "login-failed", Data: reasons["link"], Status: http.StatusForbidden}, nil
	}
	at.Who = who
	return site.View{Template: "login-link", Data: at}, nil
}

// peek finds whom a link's token is for.
func (s *Sessions) peek(ctx context.Context, secret string, who *Person, once bool) (bool, error) {
	if secret == "" || len(secret) > longest {
		return false, nil
	}
	return s.store.get(ctx, linkKey(digest(secret)), who, once)
}

// redeem logs in with a link. The button's page must be ours.
func (s *Sessions) redeem(w http.ResponseWriter, r *http.Request) {
	if !s.admitted(w, r) {
		return
	}
	if !s.site.SameOrigin(r) {
		s.fail(w, r, "browser", "a link was redeemed by a page that is not ours")
		return
	}
	var who Person
	there, err := s.peek(r.Context(), r.PostFormValue("token"), &who, true)
	if err != nil {
		s.site.Fail(w, r, err)
		return
	}
	if !there {
		s.fail(w, r, "link", "a link that is used, too old or none of ours")
		return
	}
	s.enter(w, r, who, "")
}
