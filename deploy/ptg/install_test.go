package ptg_test

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The whole life of an installation, on a machine with systemd: it is made, does what it is for, is backed up, loses its data, is
// restored, upgraded, taken away and made again.
func TestALife(t *testing.T) {
	t.Parallel()
	m := boot(t)
	m.play(t, "site.yml")
	if changed := m.play(t, "site.yml"); changed != 0 {
		t.Errorf("the second time it changed %d", changed)
	}
	s := &site{machine: m, client: client(t, filepath.Join(m.root, "etc", "handsoff", "tls", "certificate.pem"), m.dial)}
	s.guarded(t)
	s.rotated(t)
	s.talk(t)
	s.comeBack(t)
	s.upgrade(t)
	s.leave(t)
}

// site is an installation.
type site struct {
	*machine

	client *http.Client
}

func (s *site) get(t *testing.T, path string) (int, string) {
	t.Helper()
	response, err := s.client.Get("https://" + domain + path)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(body)
}

// guarded sees that secrets are their owners', and that processes are confined.
func (s *site) guarded(t *testing.T) {
	t.Helper()
	loose := s.in(t, "find /var/lib/handsoff/secrets /var/lib/handsoff-redis /var/backups/handsoff-ptg /etc/handsoff/tls/key.pem -perm /077; "+
		"find /var/lib/handsoff/secrets -type f ! -user handsoff; find /opt/handsoff ! -user root; "+
		"stat -c %a%U%G /etc/handsoff/redis.conf | grep -v ^640roothandsoff-redis$ || true")
	if loose != "" {
		t.Errorf("others may read or change\n%s", loose)
	}
	password := strings.TrimSpace(s.in(t, "cat /var/lib/handsoff/secrets/redis-password"))
	if shown := s.in(t, "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; journalctl --no-pager; journalctl --namespace=handsoff --no-pager"); strings.Contains(shown, password) {
		t.Error("a password is in an argument, an environment or a log")
	}
	for _, unit := range []string{"handsoff", "handsoff-irc", "handsoff-redis"} {
		pid := strings.TrimSpace(s.in(t, "systemctl show -P MainPID "+unit))
		if state := s.in(t, "grep -E 'NoNewPrivs|Seccomp:|CapBnd' /proc/"+pid+"/status; stat -c %U /proc/"+pid); strings.Join(strings.Fields(state), " ") !=
			"CapBnd: 0000000000000000 NoNewPrivs: 1 Seccomp: 2 "+unit {
			t.Errorf("%s runs as %s", unit, state)
		}
	}
	if out := s.in(t, "redis-cli -p 6380 dbsize"); !strings.Contains(out, "NOAUTH") {
		t.Errorf("Redis tells anybody: %s", out)
	}
	if open := s.in(t, "ss -Hltn | awk '{print $4}' | grep -vE '^(127.0.0.1|\\[::1\\]):|:22$' | sort"); strings.Join(strings.Fields(open), " ") != "0.0.0.0:443 0.0.0.0:80 [::]:443 [::]:80" {
		t.Errorf("open to the world is\n%s", open)
	}
}

// rotated sees that no log grows for ever: the journal has its bounds, and Debian's rotation knows what nginx writes and is turned on.
func (s *site) rotated(t *testing.T) {
	t.Helper()
	s.get(t, "/")
	if out := s.in(t, "logrotate -d /etc/logrotate.conf 2>&1"); strings.Contains(out, "error:") || !strings.Contains(out, "considering log /var/log/nginx/handsoff-ptg.access.log") {
		t.Errorf("logs are rotated so:\n%s", out)
	}
	s.in(t, "systemctl is-enabled logrotate.timer")
	s.in(t, "logrotate -f /etc/logrotate.d/nginx")
	await(t, func() bool { // nginx takes up the new file in its own time
		s.get(t, "/robots.txt")
		out, _ := s.try("cat /var/log/nginx/handsoff-ptg.access.log")
		return strings.Contains(out, "/robots.txt")
	})
	// What is wrong with its settings is in the journal of the host, and what it makes of them in its own.
	journal := s.in(t, "journalctl --no-pager -o cat -u systemd-journald@handsoff.service; journalctl --namespace=handsoff --no-pager -o cat -t systemd-journald")
	if strings.Contains(journal, "Unknown") || strings.Contains(journal, "Failed to parse") || !strings.Contains(journal, "max 500.0M") {
		t.Errorf("the journal keeps\n%s", journal)
	}
}

// talk sees that what is said on IRC comes to the page, at once to whoever looks at it.
func (s *site) talk(t *testing.T) {
	t.Helper()
	chat := s.chat(t)
	s.in(t, "handsoff-ptg say ptg event new fall-2026 Fall && handsoff-ptg say ptg add nova swift")
	told := make(chan error, 1)
	begun := make(chan struct{})
	go func() { told <- s.follow(t, begun, `said\">Cells &lt;v2&gt;`) }()
	<-begun
	chat("PRIVMSG #ptg :#nova now Cells <v2>")
	if err := <-told; err != nil {
		t.Fatal(err)
	}
	if status, page := s.get(t, "/"); status != http.StatusOK || !strings.Contains(page, "Cells &lt;v2&gt;") {
		t.Errorf("the page is %d %s", status, page)
	}
	s.in(t, "handsoff-ptg backup && handsoff-ptg status --wait 120")
}

var live = regexp.MustCompile(`data-at="([^"]*)" data-stream="([^"]+)"`)

// follow looks at the page as a browser does, until it is told something.
func (s *site) follow(t *testing.T, begun chan<- struct{}, something string) error {
	_, page := s.get(t, "/")
	found := live.FindStringSubmatch(page)
	if found == nil {
		close(begun)
		return fmt.Errorf("the page names no stream: %s", page)
	}
	address := "https://" + domain + "/" + html.UnescapeString(found[2]) + "&after=" + url.QueryEscape(found[1])
	last := ""
	for first, end := true, time.Now().Add(patience); time.Now().Before(end); first = false { // a stream ends by itself now and then, and a browser comes again
		stream, err := s.client.Get(address)
		if first {
			close(begun)
		}
		if err != nil {
			return err
		}
		text := bufio.NewScanner(stream.Body)
		text.Buffer(nil, 1<<20)
		for text.Scan() {
			if last = text.Text(); strings.Contains(last, something) {
				return stream.Body.Close()
			}
		}
		_ = stream.Body.Close()
		if kind := stream.Header.Get("Content-Type"); kind != "text/event-stream" {
			return fmt.Errorf("%s is %d, %s", address, stream.StatusCode, kind)
		}
	}
	return fmt.Errorf("nobody says %s; the last is %s", something, last)
}

// chat runs a real IRC server on the machine, and returns how somebody in the channel says something.
func (s *site) chat(t *testing.T) func(line string) {
	t.Helper()
	conf := filepath.Join(s.dir, "ngircd.conf")
	write(t, conf, "[Global]\nName = irc.lab\nInfo = lab\nListen = 127.0.0.1\nPorts = 6667\n[Options]\nPAM = no\nIdent = no\nDNS = no\n[Limits]\nMaxConnectionsIP = 0\n", 0o644)
	run(t, exec.Command("nsenter", "-t", strconv.Itoa(s.leader), "-n", "ngircd", "-n", "-f", conf))
	await(t, func() bool {
		out, _ := s.try("curl -s http://127.0.0.1:8090/readyz")
		return strings.HasPrefix(out, "ok")
	})
	conn, err := s.dial(t.Context(), "127.0.0.1:6667")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	names := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			if strings.Contains(lines.Text(), " 353 ") {
				names <- lines.Text()
			}
			if rest, ping := strings.CutPrefix(lines.Text(), "PING"); ping {
				fmt.Fprintf(conn, "PONG%s\r\n", rest)
			}
		}
		close(names)
	}()
	fmt.Fprint(conn, "NICK ann\r\nUSER ann 0 * :Ann\r\nJOIN #ptg\r\n")
	for there := range names {
		if strings.Contains(there, "handsoff") {
			break
		}
		time.Sleep(time.Second / 2) // the bot comes when it has connected
		fmt.Fprint(conn, "NAMES #ptg\r\n")
	}
	return func(line string) { fmt.Fprint(conn, line+"\r\n") }
}

// comeBack destroys the data and restores a backup.
func (s *site) comeBack(t *testing.T) {
	t.Helper()
	_, before := s.get(t, "/ptg.json")
	s.in(t, "systemctl start handsoff-ptg-backup.service") // as the timer does
	s.in(t, "systemctl stop handsoff-redis && rm -rf /var/lib/handsoff-redis/appendonlydir && systemctl start handsoff-redis && systemctl restart handsoff")
	if status, text := s.get(t, "/ptg.json"); status != http.StatusNotFound {
		t.Fatalf("the data is not gone: %d %s", status, text)
	}
	if out, err := s.try("handsoff-ptg restore ../../etc"); err == nil || !strings.Contains(out, "is not a backup") {
		t.Errorf("restoring nothing: %v %s", err, out)
	}
	s.in(t, "handsoff-ptg restore last")
	s.same(t, before)
	s.in(t, "systemctl kill -s KILL handsoff-redis && systemctl kill -s KILL handsoff")
	s.same(t, before) // what was restored is on the disk
	s.in(t, "handsoff-ptg status --wait 120")
}

// same waits until the pages are as they were.
func (s *site) same(t *testing.T, before string) {
	t.Helper()
	var now string
	defer func() {
		if now != before {
			t.Logf("it was\n%s\nand is\n%s", before, now)
		}
	}()
	await(t, func() bool {
		_, now = s.get(t, "/ptg.json")
		return now == before
	})
}

// upgrade puts another release in the place of this one, and then this one back.
func (s *site) upgrade(t *testing.T) {
	t.Helper()
	redis := s.in(t, "systemctl show -P MainPID handsoff-redis")
	current := s.in(t, "readlink /opt/handsoff/current")
	s.in(t, "handsoff-ptg say 'ptg #swift next Rings' || true")
	_, before := s.get(t, "/ptg.json")
	first := s.release
	s.release = s.another(t)
	if changed := s.play(t, "site.yml"); changed == 0 {
		t.Error("another release changes nothing")
	}
	s.same(t, before)
	if s.in(t, "systemctl show -P MainPID handsoff-redis") != redis || s.in(t, "readlink /opt/handsoff/current") == current {
		t.Error("Redis was restarted, or the release is the old one")
	}
	if list := s.in(t, "handsoff-ptg backups"); !strings.Contains(list, "-before-upgrade") {
		t.Errorf("there was no backup before: %s", list)
	}
	s.release = first
	s.play(t, "site.yml")
	s.same(t, before)
	if s.in(t, "readlink /opt/handsoff/current") != current {
		t.Error("the first release did not come back")
	}
}

// another makes a release that differs a little.
func (s *site) another(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(s.dir, "another")
	outside(t, "mkdir", dir)
	outside(t, "tar", "-C", dir, "--strip-components=1", "-xzf", s.release)
	write(t, filepath.Join(dir, "VERSION"), "another\n", 0o644)
	tarball := filepath.Join(s.dir, "handsoff-another.tar.gz")
	outside(t, "tar", "-C", s.dir, "-czf", tarball, "another")
	return tarball
}

// leave takes the bot away without its data, makes it anew with it, and takes all of it away.
func (s *site) leave(t *testing.T) {
	t.Helper()
	_, before := s.get(t, "/ptg.json")
	s.play(t, "uninstall.yml")
	if out := s.in(t, "ls /etc/systemd/system /opt; systemctl is-active nginx; ls /var/lib/handsoff/secrets"); strings.Contains(out, "handsoff.service") ||
		!strings.Contains(out, "\nactive\n") || !strings.Contains(out, "handsoff-key") {
		t.Errorf("what is left is\n%s", out)
	}
	if again := s.play(t, "uninstall.yml"); again != 0 {
		t.Errorf("taking it away twice changed %d", again)
	}
	s.play(t, "site.yml")
	s.same(t, before)
	s.play(t, "uninstall.yml", "-e", "ptg_uninstall_data=true")
	if left := s.in(t, "find / -xdev -name '*handsoff*' -not -path '/var/log/*' -not -path '/proc/*' -not -path '/etc/*-' ; getent passwd | grep handsoff || true"); len(bytes.TrimSpace([]byte(left))) != 0 {
		t.Errorf("this is left:\n%s", left)
	}
}
