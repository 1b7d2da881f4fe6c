package slack_test

import (
	"slices"
	"strings"
	"testing"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
)

func TestConversationsAreFoundPageByPage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	list := func(types ...string) string {
		var names []string
		parameters := &goslack.GetConversationsParameters{Types: types, Limit: 2}
		for {
			page, next, err := r.web.GetConversationsContext(t.Context(), parameters)
			if err != nil || len(page) > 2 {
				t.Fatal(page, err)
			}
			for _, c := range page {
				names = append(names, c.Name)
			}
			if next == "" {
				slices.Sort(names)
				return strings.Join(names, " ")
			}
			parameters.Cursor = next
		}
	}
	if got := list("public_channel"); got != "general old ops quiet shared" {
		t.Errorf("public: %s", got)
	}
	if got := list("private_channel"); got != "admins" {
		t.Errorf("private: %s", got)
	}
	if got := list(); got != "general old ops quiet shared" {
		t.Errorf("by itself: %s", got)
	}
	living := r.ok("conversations.list", "exclude_archived", "true")
	if n := len(living["channels"].([]any)); n != 4 {
		t.Errorf("%d living channels", n)
	}
	r.refused("invalid_types", "conversations.list", "types", "secret")
	r.refused("invalid_limit", "conversations.list", "limit", "1001")
	r.refused("invalid_cursor", "conversations.list", "cursor", "bGlzdDo5OQ==")
	r.refused("invalid_cursor", "conversations.list", "cursor", "!")
	users := r.ok("users.list", "limit", "1")
	next, _ := at(users, "response_metadata", "next_cursor").(string)
	r.refused("invalid_cursor", "conversations.list", "cursor", next)
}

// Those in which the bot is are listed page by page, as are those of somebody else.
func TestConversationsOfAMember(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	list := func(user string, types ...string) string {
		var names []string
		parameters := &goslack.GetConversationsForUserParameters{UserID: user, Types: types, Limit: 1, ExcludeArchived: true}
		for {
			page, next, err := r.web.GetConversationsForUserContext(t.Context(), parameters)
			if err != nil || len(page) > 1 {
				t.Fatal(page, err)
			}
			for _, c := range page {
				names = append(names, c.Name)
			}
			if next == "" {
				slices.Sort(names)
				return strings.Join(names, " ")
			}
			parameters.Cursor = next
		}
	}
	bot, all := list("", "public_channel", "private_channel"), "admins general ops quiet shared"
	if bot == "" || bot == all || !strings.Contains(bot, "ops") || strings.Contains(bot, "old") {
		t.Errorf("the bot is in %s", bot)
	}
	if got := list("U0ANN", "public_channel"); got == "" || got == bot {
		t.Errorf("ann is in %s", got)
	}
	r.refused("user_not_found", "users.conversations", "user", "U0NOBODY")
	r.refused("invalid_types", "users.conversations", "types", "secret")
	r.refused("invalid_cursor", "users.conversations", "cursor", "bGlzdDo5OQ==")
}

func TestConversationInfo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	info := func(id string) map[string]any {
		return r.ok("conversations.info", "channel", id)["channel"].(map[string]any)
	}
	for id, want := range map[string]map[string]any{
		slack.Ops:    {"name": "ops", "is_channel": true, "is_private": false, "is_member": true, "is_archived": false, "is_ext_shared": false},
		slack.Quiet:  {"is_member": false, "is_private": false},
		slack.Admins: {"is_private": true, "is_member": true},
		slack.Old:    {"is_archived": true},
		slack.Common: {"is_ext_shared": true, "is_shared": true},
	} {
		for name, value := range want {
			if got := info(id)[name]; got != value {
				t.Errorf("%s: %s is %v", id, name, got)
			}
		}
	}
	if members := r.ok("conversations.members", "channel", slack.Admins)["members"]; len(members.([]any)) != 2 {
		t.Errorf("members: %v", members)
	}
	r.refused("channel_not_found", "conversations.members", "channel", slack.Secret)
	if got := r.ok("conversations.join", "channel", slack.Quiet); at(got, "channel", "is_member") != true {
		t.Errorf("join: %v", got)
	}
	if got := r.ok("conversations.join", "channel", slack.Quiet); got["warning"] != "already_in_channel" {
		t.Errorf("join again: %v", got)
	}
	r.refused("is_archived", "conversations.join", "channel", slack.Old)
	r.refused("channel_not_found", "conversations.join", "channel", slack.Secret)
	r.refused("method_not_supported_for_channel_type", "conversations.join", "channel", slack.Admins)
}

func TestDirectMessages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	open := func() (*goslack.Channel, bool) {
		c, _, already, err := r.web.OpenConversationContext(t.Context(), &goslack.OpenConversationParameters{Users: []string{slack.Ann}})
		if err != nil {
			t.Fatal(err)
		}
		return c, already
	}
	first, already := open()
	if already || first.ID == "" || first.ID[0] != 'D' {
		t.Errorf("opened: %v, %v", first, already)
	}
	if second, already := open(); !already || second.ID != first.ID {
		t.Errorf("opened again: %v, %v", second, already)
	}
	if got := r.ok("conversations.open", "channel", first.ID, "return_im", "true"); at(got, "channel", "user") != slack.Ann {
		t.Errorf("by its id: %v", got)
	}
	r.post(first.ID, "hello")
	if got := texts(r.ok("conversations.history", "channel", first.ID)["messages"]); got != "hello" {
		t.Errorf("it holds %q", got)
	}
	group := r.ok("conversations.open", "users", slack.Ann+","+slack.Bob)
	if again := r.ok("conversations.open", "users", slack.Bob+","+slack.Ann); at(again, "channel", "id") != at(group, "channel", "id") {
		t.Errorf("two groups of the same people: %v, %v", group, again)
	}
	for code, users := range map[string]string{
		"users_list_not_supplied": "", "user_not_found": "U0NOBODY", "user_disabled": slack.Gone, "cannot_dm_bot": slack.OtherBot,
		"too_many_users": "A,B,C,D,E,F,G,H,I",
	} {
		r.refused(code, "conversations.open", "users", users)
	}
	r.refused("method_not_supported_for_channel_type", "conversations.open", "channel", slack.Ops)
	r.refused("channel_not_found", "conversations.open", "channel", "D0NONE")
	r.ok("conversations.open", "users", slack.Stranger)
	if err := r.slack.Kick(slack.Common, slack.Stranger); err != nil {
		t.Fatal(err)
	}
	r.refused("user_not_found", "conversations.open", "users", slack.Stranger)
}

func TestPeople(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for id, want := range map[string]func(*goslack.User) bool{
		slack.Ann: func(u *goslack.User) bool {
			return u.IsAdmin && u.TeamID == slack.HomeTeam && u.Name == "ann" && !u.IsBot
		},
		slack.Guest:    func(u *goslack.User) bool { return u.IsRestricted && !u.IsUltraRestricted },
		slack.Solo:     func(u *goslack.User) bool { return u.IsRestricted && u.IsUltraRestricted },
		slack.Gone:     func(u *goslack.User) bool { return u.Deleted },
		slack.Stranger: func(u *goslack.User) bool { return u.TeamID == slack.OtherTeam && u.IsStranger },
		slack.BotUser:  func(u *goslack.User) bool { return u.IsBot && u.Profile.BotID == slack.BotID },
	} {
		u, err := r.web.GetUserInfoContext(t.Context(), id)
		if err != nil || !want(u) {
			t.Errorf("%s: %+v, %v", id, u, err)
		}
	}
	r.refused("user_not_found", "users.info", "user", "ann")
	all, err := r.web.GetUsersContext(t.Context(), goslack.GetUsersOptionLimit(3))
	if err != nil || len(all) != 9 {
		t.Errorf("%d users, %v", len(all), err)
	}
	groups, err := r.web.GetUserGroupsContext(t.Context(), goslack.GetUserGroupsOptionIncludeUsers(true))
	if err != nil || len(groups) != 1 || groups[0].Handle != "ops" || !slices.Equal(groups[0].Users, []string{slack.Ann, slack.Bob}) {
		t.Errorf("groups: %+v, %v", groups, err)
	}
	if bare := r.ok("usergroups.list"); at(bare, "usergroups", 0, "users") != nil {
		t.Errorf("members are told to who did not ask: %v", bare)
	}
	members, err := r.web.GetUserGroupMembersContext(t.Context(), slack.GroupOps)
	if err != nil || len(members) != 2 {
		t.Errorf("members: %v, %v", members, err)
	}
	r.refused("no_such_subteam", "usergroups.users.list", "usergroup", "S0NONE")
	if bot := r.ok("bots.info", "bot", slack.BotID); at(bot, "bot", "user_id") != slack.BotUser {
		t.Errorf("bots.info: %v", bot)
	}
	r.refused("bot_not_found", "bots.info", "bot", "B0NONE")
	if err := r.slack.ChangeUser("eve", func(u *slack.User) { u.Name, u.Deleted, u.ID = "eva", true, "U0OTHER" }); err != nil {
		t.Fatal(err)
	}
	if u := r.ok("users.info", "user", slack.Eve); at(u, "user", "deleted") != true || at(u, "user", "name") != "eva" {
		t.Errorf("eve is %v", u)
	}
	if email := at(r.ok("users.info", "user", slack.Ann), "user", "profile", "email"); email != "ann@example.com" {
		t.Errorf("her address is %v", email)
	}
	few := newRig(t, scopes("users:read"))
	if email := at(few.ok("users.info", "user", slack.Ann), "user", "profile", "email"); email != nil {
		t.Errorf("without users:read.email the address is %v", email)
	}
	if err := few.slack.Kick(slack.Common, slack.Stranger); err != nil {
		t.Fatal(err)
	}
	few.refused("user_not_visible", "users.info", "user", slack.Stranger)
}
