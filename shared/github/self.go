package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/job"
)

// selfKey is a string: who we are, JSON.
const selfKey = job.Prefix + "github:self"

// Identity is who we are at GitHub. Where both an App and a token are set up we are two accounts.
type Identity struct {
	Login string `json:"login"`            // the author of our comments: "handsoff[bot]" of an App, else the token's
	ID    int64  `json:"id"`               // that account's number; 0 when GitHub does not tell it
	AppID int64  `json:"app_id,omitempty"` // the App's; 0 for none
	Slug  string `json:"slug,omitempty"`   // the App's name in addresses: "handsoff"
	User  string `json:"user,omitempty"`   // the token's login, where there is an App too; empty for none
	UID   int64  `json:"uid,omitempty"`    // its number
}

// Is reports whether an account is ours, by its number, or where that is not known by the login: nobody else can have one
// that ends in [bot].
func (i Identity) Is(login string, id int64) bool {
	if id != 0 && (id == i.ID || id == i.UID) {
		return true
	}
	return i.ID == 0 && i.Slug != "" && strings.EqualFold(login, i.Login)
}

// Self is who we are. GitHub is asked once a day; in between, and while GitHub is down, the remembered answer holds. That of
// other credentials, or of ones that GitHub refuses now, does not.
func (a *App) Self(ctx context.Context) (Identity, error) {
	return a.self.Get(ctx, a.askSelf)
}

func (a *App) askSelf(ctx context.Context) (Identity, error) {
	var self Identity
	if a.asToken != nil {
		user, _, err := a.asToken.client.Users.Get(ctx, "")
		if err != nil {
			return Identity{}, Classify("ask GitHub whose the token is", err)
		}
		self.Login, self.ID = user.GetLogin(), user.GetID()
	}
	if a.asApp == nil {
		return self, nil
	}
	app, _, err := a.asApp.client.Apps.Get(ctx, "")
	if err != nil {
		return Identity{}, Classify("ask GitHub who our App is", err)
	}
	self.User, self.UID = self.Login, self.ID
	self.AppID, self.Slug = app.GetID(), app.GetSlug()
	self.Login, self.ID = self.Slug+"[bot]", 0
	self.ID, err = a.askBot(ctx, self.Login)
	return self, err
}

// askBot asks for the number of the App's own account. An App as such may not ask; one of its installations may, or the
// token. Where there is neither yet, nobody has seen a comment of ours.
func (a *App) askBot(ctx context.Context, login string) (int64, error) {
	as := a.asToken
	if as == nil {
		installations, _, err := a.asApp.client.Apps.ListInstallations(ctx, &github.ListOptions{PerPage: 1})
		if err != nil {
			return 0, Classify("ask GitHub where our App is installed", err)
		}
		if len(installations) == 0 {
			return 0, nil
		}
		as = a.ofInstallation(installations[0].GetID())
	}
	request, err := as.client.NewRequest(http.MethodGet, "users/"+url.PathEscape(login), nil)
	if err != nil {
		return 0, fmt.Errorf("github: %w", err)
	}
	var user github.User
	_, err = as.client.Do(ctx, request, &user)
	if err = Classify("ask GitHub for the account of our App", err); err != nil {
		if passing(err) {
			return 0, err
		}
		return 0, nil // its login is enough
	}
	return user.GetID(), nil
}

func passing(err error) bool {
	kind := KindOf(err)
	return kind == Down || kind == RateLimited
}
