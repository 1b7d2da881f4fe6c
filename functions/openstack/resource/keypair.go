package resource

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// named is a kind of thing of Nova's that has a name and no place for a mark: the name is its mark, `handsoff-<bot>_<env>_<item>`, without the job. Nova takes
// letters, digits, dashes, underscores and spaces in the name of a key pair on all clouds (more from microversion 2.92 on), so a dot is written as a space.
const namedPrefix = "handsoff"

// nameOfMark is the name that is a mark.
func nameOfMark(m Mark) string {
	ours := namedPrefix
	if m.Bot != "" {
		ours += "-" + m.Bot
	}
	return ours + "_" + m.Env + "_" + strings.ReplaceAll(m.Item, ".", " ")
}

// markOfName reads the mark out of a name.
func markOfName(name string) (Mark, bool) {
	first, rest, _ := strings.Cut(name, "_")
	env, item, _ := strings.Cut(rest, "_")
	bot, named := strings.CutPrefix(first, namedPrefix+"-")
	if !named {
		bot = ""
	}
	m := Mark{Bot: bot, Env: env, Item: strings.ReplaceAll(item, " ", ".")}
	if !named && first != namedPrefix || named && bot == "" || !m.Valid() || m.Item == "" {
		return Mark{}, false
	}
	return m, true
}

// keyPairs are key pairs. They belong to the user whose credentials the cloud has, not to a project, and their name is their id.
type keyPairs struct{}

type novaKeyPair struct {
	Name        string `json:"name"`
	Public      string `json:"public_key"`
	Fingerprint string `json:"fingerprint"`
}

// Make implements Kind. A key pair is made here and only its public part sent, because Nova makes none from microversion 2.92 on; and so no private key is
// ever in an answer that may be lost.
func (keyPairs) Make(ctx context.Context, c *cloud.Cloud, w Wish) (Thing, error) {
	spec, err := read[KeyPairSpec](c, w)
	if err != nil {
		return Thing{}, err
	}
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return Thing{}, err
	}
	public, private := strings.TrimSpace(spec.Public), ""
	if public == "" {
		if public, private, err = makeKey(w.Mark.Name()); err != nil {
			return Thing{}, invalid(c, "no key pair could be made: %v", err)
		}
	}
	made, err := importKey(ctx, n, nameOfMark(w.Mark), public)
	if cloud.Is(err, cloud.Conflict) {
		made, err = replaceKey(ctx, n, nameOfMark(w.Mark), public)
	}
	if err != nil {
		return Thing{}, err
	}
	t := made.thing()
	t.Mark = w.Mark
	if private != "" {
		t.Facts[FactPrivateKey] = private
	}
	return t, nil
}

func importKey(ctx context.Context, n *service, name, public string) (novaKeyPair, error) {
	var answer struct {
		KeyPair novaKeyPair `json:"keypair"`
	}
	body := map[string]any{"keypair": map[string]string{"name": name, "public_key": public, "type": "ssh"}}
	err := n.post(ctx, body, &answer, "os-keypairs")
	if err == nil && answer.KeyPair.Name == "" {
		err = n.fault(cloud.Odd, "it has no name for the key pair that was asked for")
	}
	return answer.KeyPair, err
}

// replaceKey is for a name that is taken, by an earlier request of ours whose answer was lost, since the name is our mark. Nobody has the private part of what
// is there, unless it is the same key.
func replaceKey(ctx context.Context, n *service, name, public string) (novaKeyPair, error) {
	there, err := keyPair(ctx, n, name)
	if err == nil && sameKey(there.Public, public) {
		return there, nil
	}
	if err != nil && !cloud.Is(err, cloud.NotFound) {
		return novaKeyPair{}, err
	}
	if err := n.remove(ctx, "os-keypairs", name); err != nil {
		return novaKeyPair{}, err
	}
	return importKey(ctx, n, name, public)
}

func keyPair(ctx context.Context, n *service, name string) (novaKeyPair, error) {
	var answer struct {
		KeyPair novaKeyPair `json:"keypair"`
	}
	err := n.get(ctx, &answer, "os-keypairs", name)
	return answer.KeyPair, err
}

// sameKey compares two lines as of authorized_keys, in their kind and key, without comments.
func sameKey(a, b string) bool {
	one, other := strings.Fields(a), strings.Fields(b)
	return len(one) > 1 && len(other) > 1 && slices.Equal(one[:2], other[:2])
}

// makeKey makes an Ed25519 key pair in OpenSSH's forms.
func makeKey(comment string) (public, private string, err error) {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", err
	}
	block, err := ssh.MarshalPrivateKey(priv, comment)
	if err != nil {
		return "", "", err
	}
	line, err := ssh.NewPublicKey(pub)
	if err != nil {
		return "", "", err
	}
	public = strings.TrimSpace(string(ssh.MarshalAuthorizedKey(line))) + " " + comment
	return public, string(pem.EncodeToMemory(block)), nil
}

// Find implements Kind.
func (keyPairs) Find(ctx context.Context, c *cloud.Cloud, m Mark) ([]Thing, error) {
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return nil, err
	}
	all, err := listKeyPairs(ctx, n)
	return bearing(all, m), err
}

func listKeyPairs(ctx context.Context, n *service) ([]Thing, error) {
	var all []Thing
	type entry struct {
		KeyPair novaKeyPair `json:"keypair"`
	}
	err := each(ctx, n, nil, "keypairs", func(e entry) string { return e.KeyPair.Name }, func(e entry) { all = append(all, e.KeyPair.thing()) }, "os-keypairs")
	return all, err
}

// Look implements Kind.
func (keyPairs) Look(ctx context.Context, c *cloud.Cloud, ids []string) (map[string]Thing, error) {
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return nil, err
	}
	return lookAt(ids, func() ([]Thing, error) { return listKeyPairs(ctx, n) }, func(id string) (Thing, error) {
		one, err := keyPair(ctx, n, id)
		return one.thing(), err
	})
}

// Delete implements Kind.
func (keyPairs) Delete(ctx context.Context, c *cloud.Cloud, t Thing) error {
	n, err := open(ctx, c, cloud.Compute)
	if err != nil {
		return err
	}
	return n.remove(ctx, "os-keypairs", t.ID)
}

func (k novaKeyPair) thing() Thing {
	t := Thing{Kind: KindKeyPair, ID: k.Name, Name: k.Name, State: Ready, Facts: map[string]string{"fingerprint": k.Fingerprint}}
	t.Mark, _ = markOfName(k.Name)
	return t
}

// bearing keeps what bears a mark, in order.
func bearing(things []Thing, m Mark) []Thing {
	var kept []Thing
	for _, t := range things {
		if t.Mark.Bears(m) {
			kept = append(kept, t)
		}
	}
	return inOrder(kept)
}
