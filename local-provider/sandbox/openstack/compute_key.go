package openstack

import (
	"crypto/ed25519"
	"crypto/md5" //nolint:gosec // Nova's fingerprint of a key is that
	"crypto/rand"
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"regexp"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// A keypair is a user's SSH key.
type keypair struct {
	Name        string    `json:"name"`
	User        string    `json:"user"`
	Public      string    `json:"public"`
	Fingerprint string    `json:"fingerprint"`
	Kind        string    `json:"kind"`
	Made        time.Time `json:"made"`
	Seq         int       `json:"seq"`
}

func keyID(user, name string) string { return user + "/" + name }

// keyCalls serves key pairs.
func (s *Server) keyCalls() {
	s.handle(s.compute, "GET /os-keypairs", s.listKeys)
	s.handle(s.compute, "POST /os-keypairs", s.makeKey)
	s.handle(s.compute, "GET /os-keypairs/{name}", s.showKey)
	s.handle(s.compute, "DELETE /os-keypairs/{name}", s.removeKey)
}

// keyOwner is whose keys a call is about: another's only for an admin.
func (c *call) keyOwner(asked string) (string, error) {
	if asked == "" || asked == c.who.User || !c.at(10) {
		return c.who.User, nil
	}
	return asked, c.ruled("os_compute_api:os-keypairs:show")
}

func keyObject(c *call, k *keypair) object {
	out := object{"name": k.Name, "public_key": k.Public, "fingerprint": k.Fingerprint}
	if c.at(2) {
		out["type"] = k.Kind
	}
	return out
}

func (s *Server) listKeys(c *call) (answer, error) {
	owner, err := c.keyOwner(c.ask("user_id"))
	if err != nil {
		return answer{}, err
	}
	p := paging{}
	if c.at(35) {
		if p.limit, err = c.limit(); err != nil {
			return answer{}, err
		}
		if marker := c.ask("marker"); marker != "" {
			p.marker = keyID(owner, marker)
		}
	}
	found, more, known := s.keys.page(p, func(k *keypair) bool { return k.User == owner })
	if !known {
		return answer{}, refuse(http.StatusBadRequest, "marker [%s] not found", c.ask("marker"))
	}
	list := make([]object, 0, len(found))
	for _, k := range found {
		list = append(list, object{"keypair": keyObject(c, k)})
	}
	out := object{"keypairs": list}
	if more {
		out["keypairs_links"] = c.next(found[len(found)-1].Name)
	}
	return ok(out)
}

var (
	keyName    = regexp.MustCompile(`^[a-zA-Z0-9-_ ]+$`)
	keyNameNew = regexp.MustCompile(`^[a-zA-Z0-9-_ @.]+$`)
)

// keyIn is what a client says of a key pair.
type keyIn struct {
	Key struct {
		Name   string  `json:"name"`
		Public *string `json:"public_key"`
		Kind   string  `json:"type"`
		User   string  `json:"user_id"`
	} `json:"keypair"`
}

func (s *Server) makeKey(c *call) (answer, error) {
	var in keyIn
	if err := c.read(&in); err != nil {
		return answer{}, err
	}
	w := in.Key
	owner, err := c.keyOwner(w.User)
	if err != nil {
		return answer{}, err
	}
	if w.Name == "" || len(w.Name) > 255 {
		return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute name. Value: %s.", w.Name)
	}
	form, words := keyName, "Keypair data is invalid: Keypair name contains unsafe characters"
	if c.at(92) {
		form = keyNameNew
	}
	if !form.MatchString(w.Name) {
		return answer{}, refuse(http.StatusBadRequest, "%s", words)
	}
	if c.at(92) && w.Public == nil {
		return answer{}, refuse(http.StatusBadRequest, "Invalid input for field/attribute keypair. Value: {'name': '%s'}. 'public_key' is a required property", w.Name)
	}
	k, private, err := newKeypair(w.Name, owner, w.Public)
	if err != nil {
		return answer{}, err
	}
	if s.keys.get(keyID(owner, w.Name)) != nil {
		return answer{}, refuse(http.StatusConflict, "Key pair '%s' already exists.", w.Name)
	}
	if err := s.fitsKeys(c, owner); err != nil {
		return answer{}, err
	}
	k.Kind, k.Made, k.Seq = "ssh", s.now(), s.keys.last+1
	if w.Kind != "" {
		k.Kind = w.Kind
	}
	s.keys.put(keyID(owner, k.Name), k)
	out := keyObject(c, k)
	out["user_id"] = owner
	if private != "" {
		out["private_key"] = private
	}
	if !c.at(2) {
		return ok(object{"keypair": out})
	}
	return created(object{"keypair": out})
}

// newKeypair takes a public key, or makes one and its private one.
func newKeypair(name, owner string, public *string) (*keypair, string, error) {
	k, private := &keypair{Name: name, User: owner}, ""
	if public != nil {
		k.Public = *public
	} else {
		pub, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, "", err
		}
		block, err := ssh.MarshalPrivateKey(key, "Generated-by-Nova")
		if err != nil {
			return nil, "", err
		}
		wire, err := ssh.NewPublicKey(pub)
		if err != nil {
			return nil, "", err
		}
		private = string(pem.EncodeToMemory(block))
		k.Public = strings.TrimSpace(string(ssh.MarshalAuthorizedKey(wire))) + " Generated-by-Nova"
	}
	key, err := parseKey(k.Public)
	if err != nil {
		return nil, "", refuse(http.StatusBadRequest, "Keypair data is invalid: failed to generate fingerprint")
	}
	k.Fingerprint = colons(md5.Sum(key.Marshal())) //nolint:gosec // as above
	return k, private, nil
}

func parseKey(line string) (ssh.PublicKey, error) {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line)) //nolint:dogsled // of the line only the key matters
	return key, err
}

func colons(sum [md5.Size]byte) string {
	parts := make([]string, len(sum))
	for i, b := range sum {
		parts[i] = hex.EncodeToString([]byte{b})
	}
	return strings.Join(parts, ":")
}

func (s *Server) keyFor(c *call) (*keypair, error) {
	owner, err := c.keyOwner(c.ask("user_id"))
	if err != nil {
		return nil, err
	}
	if k := s.keys.get(keyID(owner, c.arg("name"))); k != nil {
		return k, nil
	}
	return nil, refuse(http.StatusNotFound, "Keypair %s not found for user %s", c.arg("name"), owner)
}

func (s *Server) showKey(c *call) (answer, error) {
	k, err := s.keyFor(c)
	if err != nil {
		return answer{}, err
	}
	out := keyObject(c, k)
	out["user_id"], out["id"], out["created_at"], out["updated_at"] = k.User, k.Seq, micros(k.Made), nil
	out["deleted"], out["deleted_at"] = false, nil
	return ok(object{"keypair": out})
}

func (s *Server) removeKey(c *call) (answer, error) {
	k, err := s.keyFor(c)
	if err != nil {
		return answer{}, err
	}
	s.keys.drop(keyID(k.User, k.Name))
	if !c.at(2) {
		return accepted(nil)
	}
	return nothing()
}
