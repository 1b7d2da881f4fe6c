package check

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/near"
)

// builtIn are the roles that there are without any configuration, and the words that stand in a role's place.
var builtIn = []string{config.Viewer, config.Operator, config.Approver, config.Force, config.Admin, command.RoleAnyone, "requester"}

// reference looks whether what a text names is there.
func (w *walker) reference(node *yaml.Node, names, path string) {
	switch {
	case node.Value == "" || names == "":
	case names == "role":
		w.role(node, path)
	case names == "address":
		w.told = append(w.told, told{node, node.Value, path})
	case names == "command": // judged with its arguments, by those who read it
	default:
		w.entry(node, names, path)
	}
}

func (w *walker) role(node *yaml.Node, path string) {
	known := slices.Concat(builtIn, keysOf(config.Child(w.root, "roles")))
	w.roles = append(w.roles, node.Value)
	if slices.Contains(known, node.Value) {
		return
	}
	m := w.add(node, path, near.Names(node.Value, known), fmt.Sprintf("nobody has the role %.60s: it is not under roles", node.Value))
	m.Warning = m.Meant == ""
}

// given looks for roles that are given to people and needed by nothing, and are spelt almost as one that is. Without the commands that there are
// nobody can say what needs a role.
func (w *walker) given() {
	if w.known.Catalogue == nil {
		return
	}
	needed := slices.Concat(builtIn, w.roles)
	for _, d := range w.known.Catalogue.Commands() {
		needed = append(needed, d.Role)
	}
	roles := config.Child(w.root, "roles")
	if roles == nil || roles.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(roles.Content); i += 2 {
		name := roles.Content[i].Value
		if meant := near.Names(name, builtIn); !slices.Contains(needed, name) && len(meant) > 0 {
			w.add(roles.Content[i], "roles."+name, meant, "nothing needs this role").Warning = true
		}
	}
}

// entry looks for a key in the map at a place such as /ansible/inventories. Without that map there is nothing to compare with.
func (w *walker) entry(node *yaml.Node, place, path string) {
	at := w.root
	for step := range strings.SplitSeq(strings.Trim(place, "/"), "/") {
		at = config.Child(at, step)
	}
	known := keysOf(at)
	if len(known) == 0 || slices.Contains(known, node.Value) {
		return
	}
	w.add(node, path, near.Names(node.Value, known), fmt.Sprintf("there is no %.60s under %s", node.Value, strings.ReplaceAll(strings.Trim(place, "/"), "/", ".")))
}

// keysOf are the keys of a map, without those that <<: brings.
func keysOf(node *yaml.Node) []string {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	var names []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		names = append(names, node.Content[i].Value)
	}
	return names
}

// needed are the sections without which nothing reaches an address of a door.
var needed = map[string]string{"slack": "slack", "irc": "irc", "mail": "mail"}

// doors are those that messages can go to.
var doors = []string{"slack", "telnet", "irc", "mail", "github", "gerrit"}

// addresses looks whether the doors are there that messages are to go to.
func (w *walker) addresses() {
	for _, t := range w.told {
		door, where, _ := strings.Cut(t.address, ":")
		section := needed[door]
		switch {
		case section != "" && config.Child(w.root, section) == nil:
			w.add(t.node, t.path, nil, fmt.Sprintf("nothing reaches %.100s: there is no section %s", t.address, section)).Warning = true
		case door == "irc":
			w.network(t, where)
		case !slices.Contains(doors, door):
			if meant := near.Names(door, doors); len(meant) > 0 {
				w.add(t.node, t.path, []string{meant[0] + ":" + where}, fmt.Sprintf("there is no door %.60s", door))
			}
		}
	}
}

// network looks for the network of an address on IRC.
func (w *walker) network(t told, where string) {
	name, _, _ := strings.Cut(where, "/")
	var known []string
	if list := config.Child(config.Child(w.root, "irc"), "networks"); list != nil {
		for _, item := range list.Content {
			if n := config.Child(item, "name"); n != nil {
				known = append(known, n.Value)
			}
		}
	}
	if len(known) > 0 && !slices.Contains(known, name) {
		w.add(t.node, t.path, near.Names(name, known), fmt.Sprintf("there is no network %.60s under irc.networks", name))
	}
}
