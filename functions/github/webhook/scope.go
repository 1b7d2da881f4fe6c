package webhook

import "strings"

// Within reports whether a delivery lies within a scope: "*", an owner, or a repository "owner/repo". What happened in a
// repository belongs to that and to its owner, whatever else the payload names; what happened in none belongs to its
// organisation, or to the account on which the App is installed.
func (p *Payload) Within(scope string) bool {
	if scope == "*" {
		return true
	}
	if p.Repository.Owner != "" {
		return strings.EqualFold(scope, p.Repository.Owner) || strings.EqualFold(scope, p.Repository.Owner+"/"+p.Repository.Name)
	}
	owner := p.Org
	if owner == "" {
		owner = p.Installed
	}
	return owner != "" && strings.EqualFold(scope, owner)
}

// Nowhere reports whether it names neither a repository nor an account, as the ping of an App's hook does.
func (p *Payload) Nowhere() bool { return p.Repository.Owner == "" && p.Org == "" && p.Installed == "" }
