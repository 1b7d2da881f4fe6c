package gerrit

import "time"

// addDemo puts three projects there, and one that few may see; some changes that are merged, and two that are open.
func (s *Server) addDemo() {
	for _, p := range []Project{
		{Name: "openstack/nova", Description: "OpenStack Compute"},
		{Name: "openstack/neutron", Description: "OpenStack Networking"},
		{Name: "acme/app", Description: "The application"},
		{Name: "acme/vault", Description: "Not everybody's", Readers: []Group{Core}},
	} {
		s.addProject(p, "main", "stable")
	}
	ann, bob := s.account("ann"), s.account("bob")
	defer func() { s.untold = nil }() // it was there before anybody could hear of it
	for i, u := range []Upload{
		{
			Project: "openstack/nova", Subject: "Retry the port binding once",
			Body:  "A binding that fails because the agent restarts succeeds a second later.",
			Files: []File{{Path: "nova/network/neutron.py", Insertions: 14, Deletions: 3}, {Path: "nova/tests/unit/network/test_neutron.py", Insertions: 31}},
		},
		{
			Project: "acme/app", Subject: "Say which version runs", Topic: "version",
			Files: []File{{Path: "cmd/app/main.go", Insertions: 9, Deletions: 1}, {Path: "docs/version.md", Status: "A", Insertions: 12}},
		},
		{
			Project: "acme/app", Branch: "stable", Subject: "Close the connection when the client has gone",
			Files: []File{{Path: "server/conn.go", Insertions: 4, Deletions: 2}},
		},
	} {
		s.addMerged(bob, ann, u).before(time.Duration(26-i) * time.Hour)
	}
	s.addOpen(bob, Upload{
		Project: "acme/app", Subject: "Count what is dropped", Topic: "metrics", Tags: []string{"ops"},
		Body:  "Nobody could see that messages were dropped when the queue was full.",
		Files: []File{{Path: "queue/queue.go", Insertions: 22, Deletions: 5}, {Path: "queue/queue_test.go", Insertions: 40}},
	}).before(3 * time.Hour)
	s.addOpen(ann, Upload{
		Project: "openstack/neutron", Subject: "Describe the new subnet pool in the manual",
		Files: []File{{Path: "doc/source/admin/subnet-pools.rst", Insertions: 55, Deletions: 8}},
	}).before(time.Hour)
}

// addOpen pushes a change.
func (s *Server) addOpen(owner *Account, u Upload) *Change {
	number, err := (&Person{s: s, id: owner.ID}).push(u)
	if err != nil {
		panic("the demo's change cannot be pushed: " + err.Error()) // a mistake in this file
	}
	return s.changes[number]
}

func (s *Server) addMerged(owner, core *Account, u Upload) *Change {
	c := s.addOpen(owner, u)
	for who, votes := range map[*Account]map[string]int{core: {"Code-Review": 2}, s.account("jenkins"): {"Verified": 1}} {
		if err := (&Person{s: s, id: who.ID}).review(c, Review{Labels: votes}); err != nil {
			panic("the demo's change cannot be reviewed: " + err.Error())
		}
	}
	(&Person{s: s, id: core.ID}).merge(c)
	return c
}

// before moves everything that happened to a change back in time.
func (c *Change) before(d time.Duration) {
	for _, at := range []*time.Time{&c.Created, &c.Updated, &c.PatchSets[0].Created} {
		*at = at.Add(-d)
	}
	if !c.Submitted.IsZero() {
		c.Submitted = c.Submitted.Add(-d)
	}
	for i := range c.Messages {
		c.Messages[i].At = c.Messages[i].At.Add(-d)
	}
	for i := range c.Votes {
		c.Votes[i].At = c.Votes[i].At.Add(-d)
	}
}
