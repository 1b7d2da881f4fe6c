package slack

// The ids of what is there from the start. They are stable, so that configurations and tests can name them.
const (
	HomeTeam  = "T0HOME"
	OtherTeam = "T0OTHER"

	AppID   = "A0HANDSOFF"
	BotID   = "B0HANDSOFF"
	BotUser = "U0HANDSOFF"

	Ann      = "U0ANN"      // operator, workspace admin
	Bob      = "U0BOB"      // second operator
	Eve      = "U0EVE"      // viewer
	Guest    = "U0GUEST"    // multi-channel guest, in #general and #shared
	Solo     = "U0SOLO"     // single-channel guest
	Gone     = "U0GONE"     // deactivated
	Stranger = "U0STRANGER" // of OtherTeam, in #shared
	OtherBot = "U0CIBOT"    // somebody else's bot

	GroupOps = "S0OPS" // @ops: ann and bob

	General = "C0GENERAL"
	Ops     = "C0OPS"
	Admins  = "C0ADMIN"
	Secret  = "C0PRIVATE" // private, without the bot
	Common  = "C0SHARED"  // shared with OtherTeam
	Quiet   = "C0QUIET"   // public, without the bot
	Old     = "C0OLD"     // archived
)

// addApp puts the home team and the app's bot there.
func (s *Server) addApp() {
	s.team = Team{ID: HomeTeam, Name: "Home", Domain: "home"}
	s.addTeam(&s.team)
	if s.users[BotUser] == nil {
		s.addUser(&User{
			ID: BotUser, TeamID: HomeTeam, Name: s.botName(), RealName: s.botName(), Bot: true, BotID: BotID, AppID: AppID,
		})
	}
	s.bot = s.users[BotUser]
}

func (s *Server) addTeam(t *Team) {
	if s.teams[t.ID] == nil {
		s.touch("team", t.ID)
	}
	s.teams[t.ID] = t
}

// addDemo puts the ready-made people and channels there, each only when it is missing.
func (s *Server) addDemo() {
	s.addTeam(&Team{ID: OtherTeam, Name: "Other", Domain: "other"})
	for _, u := range []User{
		{ID: Ann, Name: "ann", RealName: "Ann Operator", Admin: true},
		{ID: Bob, Name: "bob", RealName: "Bob Operator"},
		{ID: Eve, Name: "eve", RealName: "Eve Viewer"},
		{ID: Guest, Name: "gus", RealName: "Gus Guest", Restricted: true},
		{ID: Solo, Name: "sol", RealName: "Sol Guest", Restricted: true, UltraRestricted: true},
		{ID: Gone, Name: "gil", RealName: "Gil Gone", Deleted: true},
		{ID: Stranger, Name: "stan", RealName: "Stan Stranger", TeamID: OtherTeam},
		{ID: OtherBot, Name: "ci", RealName: "CI", Bot: true, BotID: "B0CIBOT", AppID: "A0CIBOT"},
	} {
		if s.users[u.ID] != nil {
			continue
		}
		if u.TeamID == "" {
			u.TeamID = HomeTeam
		}
		u.Email = u.Name + "@example.com"
		s.addUser(&u)
	}
	if s.groups[GroupOps] == nil {
		s.addGroup(&Group{ID: GroupOps, TeamID: HomeTeam, Handle: "ops", Name: "Operators", Users: []string{Ann, Bob}})
	}
	for _, c := range []Channel{
		{ID: General, Name: "general", Kind: Public, General: true, Members: []string{Ann, Bob, Eve, Guest, Gone, BotUser, OtherBot}},
		{ID: Ops, Name: "ops", Kind: Public, Members: []string{Ann, Bob, Eve, BotUser, OtherBot}},
		{ID: Admins, Name: "admins", Kind: Private, Members: []string{Ann, BotUser}},
		{ID: Secret, Name: "private", Kind: Private, Members: []string{Ann, Bob}},
		{
			ID: Common, Name: "shared", Kind: Public, Members: []string{Ann, Bob, Guest, Stranger, BotUser},
			Teams: []string{HomeTeam, OtherTeam},
		},
		{ID: Quiet, Name: "quiet", Kind: Public, Members: []string{Ann, Eve}},
		{ID: Old, Name: "old", Kind: Public, Members: []string{Ann, BotUser}, Archived: true},
	} {
		if s.channels[c.ID] == nil {
			c.Creator = Ann
			s.addChannel(&c)
		}
	}
}
