package login

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cheap is the hash of "correct horse", as cheap as is allowed.
const cheap = "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHRzYWx0c2E$"

func TestUsersFile(t *testing.T) {
	t.Parallel()
	hash := NewHash([]byte("correct horse"))
	u, err := ParseUsers([]byte("# people\n\nann:" + hash + "\n  bob.b-2_x:" + hash + "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !u.Check("ann", []byte("correct horse")) || u.Check("ann", []byte("wrong")) {
		t.Error("ann cannot log in, or anybody can as her")
	}
	if u.Check("carl", []byte("correct horse")) {
		t.Error("a stranger came in with a real user's password")
	}
	if u.Print("ann") == "" || u.Print("bob.b-2_x") == "" || u.Print("carl") != "" || strings.Contains(u.Print("ann"), hash[40:50]) {
		t.Error("prints are wrong")
	}
}

func TestUsersFileMistakes(t *testing.T) {
	t.Parallel()
	hash := NewHash([]byte("correct horse"))
	for text, want := range map[string]string{
		"ann":                                "line 1",
		"\nann:secret-in-plain-text":         "line 2",
		"Ann:" + hash:                        "line 1",
		"a b:" + hash:                        "line 1",
		"ann:" + hash + "\nann:" + hash:      "line 2",
		strings.Repeat("a", 33) + ":" + hash: "line 1",
		":" + hash:                           "line 1",
	} {
		_, err := ParseUsers([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: error %v, want one that says %s", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret-in-plain-text") {
			t.Errorf("the error shows the line: %v", err)
		}
	}
}

func TestUsersFileIsReadAnew(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "telnet-users")
	if u, err := LoadUsers(path); err != nil || u.Print("ann") != "" || u.Check("ann", []byte("x")) {
		t.Fatalf("without a file: %v, %v", u, err)
	}
	if err := os.WriteFile(path, []byte("ann:"+NewHash([]byte("correct horse"))+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if u, err := LoadUsers(path); err != nil || !u.Check("ann", []byte("correct horse")) {
		t.Fatalf("with a file: %v, %v", u, err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("#", mostUsers+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadUsers(path); err == nil {
		t.Error("a file of any size is read")
	}
}

func FuzzParseUsers(f *testing.F) {
	f.Add("ann:" + cheap + "a2V5a2V5a2V5a2V5a2V5a2V5\n# x\n")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := ParseUsers([]byte(text))
		if err != nil {
			return
		}
		for name := range u.hashes {
			if !ValidName(name) {
				t.Fatalf("%q is a user", name)
			}
		}
	})
}
