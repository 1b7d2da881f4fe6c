package github

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v62/github"
)

const (
	// seatLife is for how long it is known where the App is installed; a token that GitHub refuses ends it sooner.
	seatLife = 10 * time.Minute
	// noSeatLife is for how long it is known that it is not: whoever installs it sees it work soon.
	noSeatLife = time.Minute
	// mostSeats bounds what is remembered.
	mostSeats = 10_000
)

// account is one credential of ours with its client.
type account struct {
	whose        string // names it in the pace: "app", "token", or the installation's number
	installation int64  // 0 for none
	client       *github.Client
}

// seat is what is known about the App at a place: its installation there, 0 for none.
type seat struct {
	installation int64
	at           time.Time
}

// newAccount makes one whose requests get their credential from a transport.
func (a *App) newAccount(whose string, credential http.RoundTripper) *account {
	client := github.NewClient(&http.Client{
		Transport:     &paced{app: a, whose: whose, next: atHome{a.api, credential}},
		Timeout:       a.timeout + a.patience,
		CheckRedirect: sameHost,
	})
	api := *a.api
	client.BaseURL, client.UploadURL, client.UserAgent = &api, &api, "handsoff"
	return &account{whose: whose, client: client}
}

// Client is a client for what is an owner's: as the App where that is installed, else with the token. It fails when neither
// can be had.
func (a *App) Client(ctx context.Context, owner string) (*github.Client, error) {
	return a.ClientFor(ctx, owner, "")
}

// ClientFor is Client for one repository: an App may be installed for some of an owner's only.
func (a *App) ClientFor(ctx context.Context, owner, repo string) (*github.Client, error) {
	account, err := a.account(ctx, owner, repo)
	if err != nil {
		return nil, err
	}
	return account.client, nil
}

// Installed reports whether the App is installed for an owner. It is false when GitHub cannot be asked and nothing is known.
func (a *App) Installed(ctx context.Context, owner string) bool {
	installed, err := a.InstalledFor(ctx, owner, "")
	return err == nil && installed
}

// InstalledFor reports whether the App is installed for a repository, or for any of an owner's when repo is empty.
func (a *App) InstalledFor(ctx context.Context, owner, repo string) (bool, error) {
	account, err := a.account(ctx, owner, repo)
	if KindOf(err) == Refused {
		return false, nil // there is no account at all
	}
	return err == nil && account.installation != 0, err
}

// account is the one for a place.
func (a *App) account(ctx context.Context, owner, repo string) (*account, error) {
	installation, err := a.installation(ctx, owner, repo)
	switch {
	case err != nil:
		return nil, err
	case installation != 0:
		return a.ofInstallation(installation), nil
	case a.asToken != nil:
		return a.asToken, nil
	}
	return nil, &Error{
		Kind: Refused, Doing: "work in " + where(owner, repo), Code: "no account",
		Detail: "our App is not installed there, and there is no secret " + TokenSecret,
	}
}

func where(owner, repo string) string { return strings.TrimSuffix(owner+"/"+repo, "/") }

// installation is the number of the App's installation at a place, 0 for none. What was known holds while GitHub is down.
func (a *App) installation(ctx context.Context, owner, repo string) (int64, error) {
	if a.asApp == nil {
		return 0, nil
	}
	key := strings.ToLower(where(owner, repo))
	a.mu.Lock()
	known, ok := a.seats[key]
	a.mu.Unlock()
	if age := a.now().Sub(known.at); ok && (age < noSeatLife || known.installation != 0 && age < seatLife) {
		return known.installation, nil
	}
	found, err := a.findInstallation(ctx, owner, repo)
	if kind := KindOf(err); ok && (kind == Down || kind == RateLimited) {
		return known.installation, nil
	}
	if err != nil {
		return 0, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.seats) >= mostSeats {
		clear(a.seats)
	}
	a.seats[key] = seat{found, a.now()}
	return found, nil
}

// findInstallation asks GitHub.
func (a *App) findInstallation(ctx context.Context, owner, repo string) (int64, error) {
	apps := a.asApp.client.Apps
	if !IsOwner(owner) || (repo != "" && !IsRepo(repo)) {
		return 0, nil
	}
	var found *github.Installation
	var err error
	if repo != "" {
		found, _, err = apps.FindRepositoryInstallation(ctx, owner, repo)
	} else if found, _, err = apps.FindOrganizationInstallation(ctx, owner); KindOf(err) == Gone {
		found, _, err = apps.FindUserInstallation(ctx, owner)
	}
	switch {
	case KindOf(err) == Gone:
		return 0, nil
	case err != nil:
		return 0, Classify("look for our App's installation at "+where(owner, repo), err)
	case found.SuspendedAt != nil:
		return 0, nil
	}
	return found.GetID(), nil
}

// ofInstallation is the account of an installation. Each has a transport of ghinstallation's for itself: several that share
// one for the App write into it at the same time.
func (a *App) ofInstallation(id int64) *account {
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, ok := a.accounts[id]; ok {
		return known
	}
	transport := ghinstallation.NewFromAppsTransport(ghinstallation.NewAppsTransportFromPrivateKey(a.base, a.section.App.ID, a.key), id)
	transport.BaseURL = strings.TrimSuffix(a.api.String(), "/")
	made := a.newAccount("i"+strconv.FormatInt(id, 10), &renewing{turn: ready(), next: transport})
	made.installation = id
	a.accounts[id] = made
	return made
}

// forget drops an account's token, and where it was thought to be good: GitHub refuses it, or gives no new one.
func (a *App) forget(whose string) {
	id, err := strconv.ParseInt(strings.TrimPrefix(whose, "i"), 10, 64)
	if err != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.accounts, id)
	for key, s := range a.seats {
		if s.installation == id {
			delete(a.seats, key)
		}
	}
}
