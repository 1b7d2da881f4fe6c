package github

import "strings"

// What is there from the start. The names are stable, so that configurations and tests can use them.
const (
	Org = "acme"

	Ann = "ann" // owner of the organisation
	Bob = "bob" // writes in its repositories
	Eve = "eve" // of nothing
	// BotUser is the bot's ordinary account, for who has no App.
	BotUser = "handsoff"

	// AppSlug is the App's name, AppBot the account under which it acts.
	AppSlug  = "handsoff"
	AppBot   = "handsoff[bot]"
	ClientID = "Iv1.0123456789abcdef"

	// Guarded is the repository that nobody is to send pull requests to.
	Guarded = "acme/mirror-nova"
)

// settle puts everything there that must be, unless it was found in the state.
func (s *Server) settle() {
	s.addAccount(Account{ID: 9000, Login: AppBot, Name: AppSlug, Type: "Bot"})
	s.addAccount(Account{ID: 9001, Login: BotUser, Name: "Hands Off", Type: "User"})
	if bot := s.account(BotUser); bot.Token != s.options.Token {
		bot.Token = s.options.Token
		s.accounts.put(BotUser, bot)
	}
	if !s.options.Empty {
		s.addDemo()
	}
	s.pointHooks()
}

func (s *Server) addAccount(a Account) {
	key := strings.ToLower(a.Login)
	if s.accounts.get(key) != nil {
		return
	}
	if a.ID == 0 {
		a.ID = s.newID()
	}
	a.Made = s.now()
	s.accounts.put(key, &a)
}

// addDemo puts the organisation, its people and repositories there.
func (s *Server) addDemo() {
	for _, a := range []Account{
		{ID: 583231, Login: Ann, Name: "Ann Owner", Type: "User"},
		{ID: 583232, Login: Bob, Name: "Bob Builder", Type: "User"},
		{ID: 583233, Login: Eve, Name: "Eve Passerby", Type: "User"},
		{ID: 7000, Login: Org, Name: "Acme", Type: "Organization", Members: map[string]string{Ann: "admin", Bob: "member", BotUser: "admin"}},
	} {
		s.addAccount(a)
	}
	if s.appKey != nil && s.installedAt(Org) == nil && len(s.installations.rows) == 0 {
		v := &Installation{ID: s.newID(), Account: Org, Made: s.now()}
		s.installations.number(v.ID, v)
	}
	for _, r := range []struct{ name, about, code string }{
		{"app", "The application", "package main\n\nfunc main() {}\n"},
		{"lib", "What the application needs", "package lib\n"},
		{"mirror-nova", "A mirror: changes are made at review.example.org", "# nova\n"},
	} {
		if s.repoOf(Org+"/"+r.name) == nil {
			s.addRepo(Org, r.name, r.about, map[string]string{Bob: "write"}, []FileChange{
				{Path: "README.md", Text: "# " + r.name + "\n\n" + r.about + ".\n"}, {Path: "main.go", Text: r.code},
			})
		}
	}
	if app := s.repoOf(Org + "/app"); app.LastNumber == 0 {
		s.addDemoPull(app)
	}
}

// addDemoPull opens the first pull request of a repository. Nobody listens yet.
func (s *Server) addDemoPull(r *Repo) {
	c := s.commit([]string{r.Refs[branches+r.Default]}, Bob, "Greet people", []FileChange{
		{Path: "main.go", Text: "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"},
	})
	s.move(r, branches+"greeting", c.SHA, Bob, false)
	s.openPull(r, r, Bob, Issue{Title: "Greet people", Body: "The application says **hello** now."}, Pull{HeadRef: "greeting", BaseRef: r.Default})
}

// addRepo makes a repository with a first commit.
func (s *Server) addRepo(owner, name, about string, roles map[string]string, files []FileChange) *Repo {
	r := &Repo{
		ID: s.newID(), Owner: owner, Name: name, Description: about, Default: "main", Roles: roles, Refs: map[string]string{},
		Made: s.now(), Pushed: s.now(),
	}
	if r.Roles == nil {
		r.Roles = map[string]string{}
	}
	for _, l := range []Label{{Name: "bug", Color: "d73a4a", Description: "Something isn't working"}, {Name: "enhancement", Color: "a2eeef"}} {
		l.ID = s.newID()
		r.Labels = append(r.Labels, l)
	}
	who := owner
	if a := s.account(owner); a != nil && a.Type == "Organization" {
		who = Ann
	}
	r.Refs[branches+r.Default] = s.commit(nil, who, "Initial commit", files).SHA
	s.repos.put(strings.ToLower(r.FullName()), r)
	s.happened(happening{event: "repository", action: "created", repo: r, sender: who})
	return r
}

// pointHooks lets the ready-made hooks send to where the options say, with their secret: addresses and secrets may change
// from one start to the next.
func (s *Server) pointHooks() {
	if s.options.EventsURL == "" {
		return
	}
	ready := []Hook{{Kind: HookOfApp, Of: AppSlug, Events: appEvents}}
	if s.appKey == nil {
		ready = nil
	}
	if !s.options.Empty {
		ready = append(ready, Hook{Kind: HookOfOrg, Of: Org, Events: []string{"*"}}, Hook{Kind: HookOfRepo, Of: Org + "/app", Events: []string{"*"}})
	}
	for _, k := range ready {
		k.URL, k.Secret = s.options.EventsURL, s.options.WebhookSecret
		if there := s.hooksOf(k.Of); len(there) > 0 {
			there[0].URL, there[0].Secret = k.URL, k.Secret
			s.hooks.number(there[0].ID, there[0])
			continue
		}
		s.addHook(&k, Ann)
	}
}
