package gerrit

// A labelInfo is the votes of one label as REST shows them.
type labelInfo struct {
	Approved    *accountInfo      `json:"approved,omitempty"`
	Rejected    *accountInfo      `json:"rejected,omitempty"`
	Recommended *accountInfo      `json:"recommended,omitempty"`
	Disliked    *accountInfo      `json:"disliked,omitempty"`
	Value       int               `json:"value,omitempty"`
	Blocking    bool              `json:"blocking,omitempty"`
	All         []approvalInfo    `json:"all,omitempty"`
	Values      map[string]string `json:"values,omitempty"`
	Description string            `json:"description,omitempty"`
	Default     *int              `json:"default_value,omitempty"`
}

type approvalInfo struct {
	*accountInfo

	Value     int    `json:"value"`
	Date      *stamp `json:"date,omitempty"`
	Tag       string `json:"tag,omitempty"`
	Permitted *span  `json:"permitted_voting_range,omitempty"`
}

type span struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// addLabels shows the votes, who reviews, and what the reader may vote.
func (s *Server) addLabels(out *changeInfo, c *Change, who *Account, o options) {
	if !o.has("LABELS", "DETAILED_LABELS") {
		return
	}
	accounts := o.has("DETAILED_ACCOUNTS")
	out.Labels = map[string]*labelInfo{}
	for _, l := range labels {
		out.Labels[l.name] = s.labelInfo(c, l, accounts, o.has("DETAILED_LABELS"))
	}
	if !o.has("DETAILED_LABELS") {
		return
	}
	out.Permitted = permitted(c, who)
	out.Reviewers = map[string][]*accountInfo{}
	for state, ids := range map[string][]int{"REVIEWER": c.Reviewers, "CC": c.CC} {
		for _, id := range ids {
			out.Reviewers[state] = append(out.Reviewers[state], s.accountInfo(id, accounts))
		}
	}
}

func (s *Server) labelInfo(c *Change, l *label, accounts, detailed bool) *labelInfo {
	info := &labelInfo{}
	for _, v := range c.Votes {
		if v.Label != l.name {
			continue
		}
		a := s.accountInfo(v.Account, accounts)
		switch {
		case v.Value == l.highest():
			info.Approved = a
		case v.Value == l.lowest():
			info.Rejected, info.Blocking = a, true
		case v.Value > 0:
			info.Recommended, info.Value = a, v.Value
		default:
			info.Disliked, info.Value = a, v.Value
		}
	}
	if detailed {
		info.Values, info.Default = map[string]string{}, new(int)
		for _, v := range l.values {
			info.Values[signed(v.value)] = v.text
		}
		info.All = s.approvalInfos(c, l, accounts)
	}
	return info
}

// approvalInfos are the votes of all who review, those who gave none among them.
func (s *Server) approvalInfos(c *Change, l *label, accounts bool) []approvalInfo {
	var out []approvalInfo
	for _, id := range c.Reviewers {
		a := approvalInfo{accountInfo: s.accountInfo(id, accounts)}
		if lowest, highest := l.allowed(s.accounts[id]); c.Status == StatusNew && lowest != highest {
			a.Permitted = &span{lowest, highest}
		}
		for _, v := range c.Votes {
			if v.Label == l.name && v.Account == id {
				at := stamp(v.At)
				a.Value, a.Date, a.Tag = v.Value, &at, v.Tag
			}
		}
		out = append(out, a)
	}
	return out
}

// permitted are the scores that somebody may give now.
func permitted(c *Change, who *Account) map[string][]string {
	out := map[string][]string{}
	if who == nil || c.Status == StatusAbandoned {
		return out
	}
	for _, l := range labels {
		lowest, highest := l.allowed(who)
		if c.Status == StatusMerged {
			lowest = c.Vote(l.name, who.ID)
		}
		if lowest == highest && highest == 0 {
			continue
		}
		for n := lowest; n <= highest; n++ {
			out[l.name] = append(out[l.name], signed(n))
		}
	}
	return out
}
