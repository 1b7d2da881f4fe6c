package main

import (
	"cmp"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/functions/ansible/callback"
)

// arguments are what ansible-playbook is called with: nothing in them is secret, and nothing that a person gave can be
// taken for an option.
func (l *layout) arguments() []string {
	w := l.wish
	args := []string{"--inventory=" + l.hosts, "--forks=" + strconv.Itoa(w.forks)}
	for _, path := range l.variables {
		args = append(args, "--extra-vars=@"+path)
	}
	for _, path := range l.vaults {
		args = append(args, "--vault-password-file="+path)
	}
	switch {
	case l.limit != "":
		args = append(args, "--limit=@"+l.limit)
	case w.limit != "":
		args = append(args, "--limit="+w.limit)
	}
	for _, option := range []struct {
		name, value string
	}{{"--tags", w.tags}, {"--skip-tags", w.skipTags}, {"--user", w.user}} {
		if option.value != "" {
			args = append(args, option.name+"="+option.value)
		}
	}
	if w.check {
		args = append(args, "--check")
	}
	if w.diff {
		args = append(args, "--diff")
	}
	if w.verbosity > 0 {
		args = append(args, "-"+strings.Repeat("v", w.verbosity))
	}
	return append(args, "--", l.playbook)
}

// environment is the whole environment of ansible-playbook, made from nothing: none of ours, and no secret.
func (c *capability) environment(l *layout) []string {
	env := map[string]string{"ANSIBLE_PIPELINING": "1"}
	maps.Copy(env, c.set.Env)
	maps.Copy(env, l.wish.playbook.Env)
	maps.Copy(env, l.wish.from.Env)
	maps.Copy(env, map[string]string{
		"PATH":                         cmp.Or(os.Getenv("PATH"), "/usr/local/bin:/usr/bin:/bin"),
		"HOME":                         l.folder.dir,
		"LANG":                         "C.UTF-8",
		"ANSIBLE_NOCOLOR":              "1",
		"ANSIBLE_NOCOWS":               "1",
		"ANSIBLE_RETRY_FILES_ENABLED":  "0",
		"ANSIBLE_LOCAL_TEMP":           l.path(temporaryFolder),
		"ANSIBLE_SSH_CONTROL_PATH_DIR": l.path("cp"),
		"ANSIBLE_HOST_KEY_CHECKING":    strconv.FormatBool(*c.set.HostKeys),
		"ANSIBLE_CALLBACK_PLUGINS":     strings.TrimSuffix(l.path(callbackFolder)+":"+l.recording.plugins, ":"),
		"ANSIBLE_CALLBACKS_ENABLED":    callback.Name,
		"GIT_TERMINAL_PROMPT":          "0",
		callback.Variable:              "3",
	})
	c.sshEnvironment(l, env)
	c.araEnvironment(l, env)
	if l.config != "" {
		env["ANSIBLE_CONFIG"] = l.config
	}
	if l.galaxy != "" {
		env["ANSIBLE_ROLES_PATH"] = l.galaxy + "/roles:/usr/share/ansible/roles:/etc/ansible/roles"
		env["ANSIBLE_COLLECTIONS_PATH"] = l.galaxy + "/collections:/usr/share/ansible/collections"
	}
	list := make([]string, 0, len(env))
	for _, name := range slices.Sorted(maps.Keys(env)) {
		list = append(list, name+"="+env[name])
	}
	return list
}

func (c *capability) sshEnvironment(l *layout, env map[string]string) {
	if l.key != "" {
		env["ANSIBLE_PRIVATE_KEY_FILE"] = l.key
	}
	if _, configured := env["ANSIBLE_SSH_COMMON_ARGS"]; !configured && l.known != "" {
		env["ANSIBLE_SSH_COMMON_ARGS"] = "-o UserKnownHostsFile=" + l.known + " -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes"
	}
}

func (c *capability) araEnvironment(l *layout, env map[string]string) {
	if l.recording.plugins == "" {
		return
	}
	env["ARA_BASE_DIR"] = c.set.araFolder()
	env["ARA_DEFAULT_LABELS"] = "handsoff," + jobLabel(l.id)
	env["ARA_IGNORED_ARGUMENTS"] = "extra_vars,vault_password_files"
	if !l.recording.online {
		env["ARA_API_CLIENT"] = "offline"
		return
	}
	env["ARA_API_CLIENT"] = "http"
	env["ARA_API_SERVER"] = c.ara.URL()
	env["ARA_API_TIMEOUT"] = strconv.Itoa(max(1, int(c.set.ARA.Timeout.Seconds())))
}
