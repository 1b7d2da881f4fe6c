package github

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Token is a person's access token, made when they have none; empty when there is no such person.
func (s *Server) Token(login string) (token string) {
	s.do(func() {
		a := s.account(login)
		if a == nil {
			return
		}
		if a.Token == "" {
			a.Token = "ghp_" + randomText()
			s.accounts.put(strings.ToLower(login), a)
		}
		token = a.Token
	})
	return token
}

// AddUser adds a person, and answers their id. Who is there already stays as they are.
func (s *Server) AddUser(login string) (id int64) {
	s.do(func() {
		s.addAccount(Account{Login: login, Name: login, Type: "User"})
		id = s.account(login).ID
	})
	return id
}

// AddOrg adds an organisation with its members: "admin" or "member" by login. With installed the App is put there.
func (s *Server) AddOrg(login string, members map[string]string, installed bool) {
	s.do(func() {
		s.addAccount(Account{Login: login, Name: login, Type: "Organization", Members: members})
		if installed && s.installedAt(login) == nil {
			s.install(login)
		}
	})
}

// install puts the App at an account.
func (s *Server) install(login string) {
	v := &Installation{ID: s.newID(), Account: login, Made: s.now()}
	s.installations.number(v.ID, v)
	repos := []object{}
	for _, r := range s.reposBy(func(r *Repo) bool { return strings.EqualFold(r.Owner, login) }) {
		repos = append(repos, object{"id": r.ID, "node_id": nodeID("R", r.ID), "name": r.Name, "full_name": r.FullName(), "private": r.Private})
	}
	s.happened(happening{event: "installation", action: "created", org: login, sender: Ann, appOnly: true, body: object{
		"installation": s.showInstallation(v), "repositories": repos,
	}})
}

// Uninstall takes the App away from an account: its tokens are worth nothing from now on.
func (s *Server) Uninstall(login string) {
	s.do(func() {
		for _, v := range s.allInstallations() {
			if strings.EqualFold(v.Account, login) {
				s.installations.drop(fmt.Sprint(v.ID))
			}
		}
	})
}

// AddRepo adds a repository, "acme/new", in which people have roles: read, triage, write, maintain or admin.
func (s *Server) AddRepo(name string, roles map[string]string) error {
	owner, short, _ := strings.Cut(name, "/")
	var err error
	s.do(func() {
		switch {
		case s.account(owner) == nil || short == "":
			err = fmt.Errorf("add the repository %s: %w", name, errNothing)
		case s.repoOf(name) == nil:
			s.addRepo(s.account(owner).Login, short, "", roles, []FileChange{{Path: "README.md", Text: "# " + short + "\n"}})
		}
	})
	return err
}

// change changes a repository by hand.
func (s *Server) change(repo string, do func(r *Repo)) error {
	err := fmt.Errorf("change %s: %w", repo, errNothing)
	s.do(func() {
		if r := s.repoOf(repo); r != nil {
			do(r)
			s.repos.put(strings.ToLower(repo), r)
			err = nil
		}
	})
	return err
}

// SetRole gives somebody a role in a repository; "" takes it away. Whoever is told of members hears of it.
func (s *Server) SetRole(repo, login, name string) error {
	if name != "" && slices.Index(roleNames, name) < 1 {
		return fmt.Errorf("%w: there is no role %q", errRefused, name)
	}
	return s.change(repo, func(r *Repo) {
		action := "added"
		if name == "" {
			delete(r.Roles, strings.ToLower(login))
			action = "removed"
		} else {
			r.Roles[strings.ToLower(login)] = name
		}
		s.happened(happening{event: "member", action: action, repo: r, sender: Ann, body: object{"member": s.showLogin(login)}})
	})
}

// SetPrivate hides a repository from who has no role in it, or shows it.
func (s *Server) SetPrivate(repo string, private bool) error {
	return s.change(repo, func(r *Repo) { r.Private = private })
}

// Archive makes a repository read-only, or writable again.
func (s *Server) Archive(repo string, archived bool) error {
	return s.change(repo, func(r *Repo) { r.Archived = archived })
}

// SetConflict makes a pull request one that cannot be merged, or can.
func (s *Server) SetConflict(repo string, number int, conflict bool) error {
	err := fmt.Errorf("%s#%d: %w", repo, number, errNothing)
	s.do(func() {
		if i := s.issues.get(issueKey(repo, number)); i != nil && i.Pull != nil {
			i.Pull.Conflict, i.Pull.Known, err = conflict, true, nil
			s.saveIssue(i)
		}
	})
	return err
}

// A NewHook is a hook to add: of a repository ("acme/app"), an organisation ("acme") or, with Of empty, the App.
type NewHook struct {
	Of, URL, Secret string
	Events          []string // all when empty
	Form            bool     // application/x-www-form-urlencoded
}

// AddHook adds a hook, which is pinged at once, and answers its id.
func (s *Server) AddHook(in NewHook) (id int64, err error) {
	s.do(func() {
		k := &Hook{Kind: HookOfRepo, Of: in.Of, URL: in.URL, Secret: in.Secret, Form: in.Form, Events: in.Events}
		if len(k.Events) == 0 {
			k.Events = []string{"*"}
		}
		switch {
		case in.Of == "":
			k.Kind, k.Of = HookOfApp, AppSlug
		case !strings.Contains(in.Of, "/"):
			k.Kind = HookOfOrg
		}
		if (k.Kind == HookOfOrg && s.account(in.Of) == nil) || (k.Kind == HookOfRepo && s.repoOf(in.Of) == nil) {
			err = fmt.Errorf("a hook of %s: %w", in.Of, errNothing)
			return
		}
		s.addHook(k, Ann)
		id = k.ID
	})
	return id, err
}

// RemoveHook deletes a hook. Its deliveries go with it.
func (s *Server) RemoveHook(id int64) {
	s.do(func() {
		s.hooks.drop(fmt.Sprint(id))
		for _, d := range s.deliveriesOf(id) {
			s.deliveries.drop(fmt.Sprint(d.ID))
		}
	})
}

// LoseWebhooks makes what a hook sends fail to arrive from now on, or arrive again. Each is a delivery that failed.
func (s *Server) LoseWebhooks(id int64, lost bool) error {
	err := fmt.Errorf("hook %d: %w", id, errNothing)
	s.do(func() {
		if k := s.hooks.byID(id); k != nil {
			k.Lost, err = lost, nil
			s.hooks.number(id, k)
		}
	})
	return err
}

// A Firing is an event that is told as if it had happened.
type Firing struct {
	Event   string          // "workflow_run"
	Payload json.RawMessage // an object; its "action" counts
	// Repo is the repository whose hooks, with those of its organisation and the App, are told. The payload's repository,
	// organization and sender are replaced by ours. When empty every hook that subscribed is told, and the payload stays.
	Repo string
	As   string // the sender's login; ann when empty
}

// Fire tells hooks an event with a payload of whoever asks: for all that this GitHub has no state of, such as
// discussions, workflow runs and alerts, and for payloads that were recorded elsewhere.
func (s *Server) Fire(f Firing) error {
	var body object
	if err := json.Unmarshal(f.Payload, &body); err != nil || body == nil {
		return fmt.Errorf("%w: the payload of %s is no JSON object", errRefused, f.Event)
	}
	action, _ := body["action"].(string)
	var err error
	s.do(func() {
		if f.Repo == "" {
			s.fireAnywhere(f.Event, action, body)
			return
		}
		r := s.repoOf(f.Repo)
		if r == nil {
			err = fmt.Errorf("fire %s in %s: %w", f.Event, f.Repo, errNothing)
			return
		}
		delete(body, "installation")
		sender := f.As
		if sender == "" {
			sender = Ann
		}
		s.happened(happening{event: f.Event, action: action, repo: r, sender: sender, body: body})
	})
	return err
}

// fireAnywhere tells every hook that subscribed.
func (s *Server) fireAnywhere(event, action string, body object) {
	for _, k := range s.hooks.pick(func(k *Hook) int64 { return k.ID }, func(k *Hook) bool {
		return !k.Off && (slices.Contains(k.Events, "*") || slices.Contains(k.Events, event))
	}) {
		s.dispatch(k, happening{event: event, action: action, body: body}, "")
	}
}
