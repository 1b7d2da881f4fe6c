package git

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/handsoff/handsoff/shared/mask"
	"github.com/handsoff/handsoff/shared/process"
)

// settings are git's whole configuration. Nothing of the machine's is read. What is fetched stays a pack, however little it
// is: a pack comes as a whole or not at all, while objects that come one by one may lack those behind them.
const settings = `[core]
	hooksPath = /dev/null
	askPass =
	quotePath = true
[gc]
	auto = 0
[transfer]
	unpackLimit = 1
[maintenance]
	auto = false
[protocol]
	version = 2
[http]
	followRedirects = false
	lowSpeedLimit = 1
	lowSpeedTime = 60
[credential]
	helper =
[advice]
	pushUpdateRejected = false
	detachedHead = false
[user]
	name = handsoff
	email = handsoff@localhost
	useConfigOnly = true
[init]
	defaultBranch = main
`

// environment is what one run of git sees: made from nothing, with what reaches an address, if any. The mask hides what was
// taken out of secrets.
func (r *Repositories) environment(f *folder, to Address) ([]string, *mask.Mask, error) {
	text := settings
	if r.section.CA != "" {
		path, err := r.certificates(f)
		if err != nil {
			return nil, nil, err
		}
		text += "[http]\n\tsslCAInfo = " + path + "\n"
	}
	config, err := f.write("gitconfig", []byte(text))
	if err != nil {
		return nil, nil, err
	}
	env := []string{
		"PATH=" + searchPath(), "HOME=" + f.path, "TMPDIR=" + f.path, "LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + config, "GIT_ATTR_NOSYSTEM=1", "XDG_CONFIG_HOME=" + f.path,
		"GIT_TERMINAL_PROMPT=0", "SSH_ASKPASS_REQUIRE=never", "GIT_ALLOW_PROTOCOL=" + strings.Join(r.section.Protocols, ":"),
		"GIT_OPTIONAL_LOCKS=0",
	}
	if to.IsZero() {
		return append(env, "GIT_ALLOW_PROTOCOL="), nil, nil
	}
	credential := r.section.credentialFor(to)
	if to.scheme == "ssh" {
		ssh, hide, err := r.ssh(f, credential)
		return append(env, ssh...), hide, err
	}
	if credential == nil {
		return env, nil, nil
	}
	ask, hide, err := r.askpass(f, to, credential)
	return append(env, ask...), hide, err
}

func searchPath() string {
	if path := os.Getenv("PATH"); path != "" {
		return path
	}
	return "/usr/local/bin:/usr/bin:/bin"
}

// systemCertificates is where Debian, Alpine and others keep what is trusted.
const systemCertificates = "/etc/ssl/certs/ca-certificates.crt"

// certificates puts ours behind the machine's, because git takes one file in place of another.
func (r *Repositories) certificates(f *folder) (string, error) {
	more, err := r.secret(r.section.CA)
	if err != nil {
		return "", fmt.Errorf("git.ca: read the secret %s: %w", r.section.CA, err)
	}
	all, err := os.ReadFile(systemCertificates)
	if err != nil {
		all = nil // a machine without any
	}
	return f.write("certificates", append(append(all, '\n'), more...))
}

// askpass makes the helper and what it answers from.
func (r *Repositories) askpass(f *folder, to Address, c *Credential) ([]string, *mask.Mask, error) {
	password, err := r.secret(c.Password)
	if err != nil {
		return nil, nil, fmt.Errorf("git.credentials: read the secret %s: %w", c.Password, err)
	}
	if bytes.ContainsAny(password, "\r\n\x00") {
		return nil, nil, fmt.Errorf("git.credentials: the secret %s has more than one line", c.Password)
	}
	program, err := os.Executable()
	if err != nil {
		return nil, nil, fmt.Errorf("git: find this program: %w", err)
	}
	helper := f.file(askpassName)
	if err := os.Symlink(program, helper); err != nil && !os.IsExist(err) {
		return nil, nil, fmt.Errorf("git: make the helper: %w", err)
	}
	file, err := f.write("answers", []byte(answers(to.server(), c.User, string(password))))
	if err != nil {
		return nil, nil, err
	}
	return append([]string{"GIT_ASKPASS=" + helper, answersVariable + "=" + file}, process.SelfEnv...), mask.New(string(password)), nil
}

// ssh makes the command that reaches a server: with its key known, ours if there is one, no questions and nothing of
// the machine's.
func (r *Repositories) ssh(f *folder, c *Credential) ([]string, *mask.Mask, error) {
	known := []byte(nil)
	if r.section.KnownHosts != "" {
		var err error
		if known, err = r.secret(r.section.KnownHosts); err != nil {
			return nil, nil, fmt.Errorf("git.known_hosts: read the secret %s: %w", r.section.KnownHosts, err)
		}
	}
	hosts, err := f.write("known_hosts", append(known, '\n'))
	if err != nil {
		return nil, nil, err
	}
	options := []string{
		"ssh", "-F", "/dev/null", "-a", "-x", "-T", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=" + hosts,
		"-o", "GlobalKnownHostsFile=/dev/null", "-o", "UpdateHostKeys=no", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
		"-o", "ControlMaster=no", "-o", "ControlPath=none", "-o", "ConnectTimeout=20",
		"-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4",
	}
	var hide *mask.Mask
	if c == nil {
		options = append(options, "-o", "IdentityFile=none")
	} else {
		key, err := r.secret(c.Key)
		if err != nil {
			return nil, nil, fmt.Errorf("git.credentials: read the secret %s: %w", c.Key, err)
		}
		hide = mask.New(string(key))
		file, err := f.write("key", append(key, '\n')) // ssh wants the line break at the end
		if err != nil {
			return nil, nil, err
		}
		options = append(options, "-o", "IdentityFile="+file)
		if c.User != "" {
			options = append(options, "-o", "User="+c.User)
		}
	}
	return []string{"GIT_SSH_COMMAND=" + strings.Join(options, " "), "GIT_SSH_VARIANT=ssh"}, hide, nil
}
