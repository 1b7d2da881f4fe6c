package exchange

import (
	"maps"
	"slices"
	"strings"
)

// ours takes what only our own files have: who moderates and what was a success, where nobody has said so here, or when everything is
// replaced. What everybody was told to do then is over, unless everything is replaced.
func (m *merge) ours() {
	for _, track := range slices.Sorted(maps.Keys(m.file.Moderators)) {
		if m.Tracks[track] == nil {
			m.leavef("%s: there is no such track.", at(at(keyGathering, nameModerators), track))
			continue
		}
		list := m.file.Moderators[track]
		switch {
		case len(m.Moderators[track]) == 0 || m.rules.Replace:
			m.PutModerators(track, list)
		case !slices.Equal(m.Moderators[track], list):
			m.keepf("moderators of #%s stay %s", track, strings.Join(m.Moderators[track], ", "))
		}
	}
	if m.rules.Replace && m.file.Moderators != nil {
		for _, track := range slices.Sorted(maps.Keys(m.Moderators)) {
			if _, stays := m.file.Moderators[track]; !stays {
				m.PutModerators(track, nil)
			}
		}
	}
	if m.file.Success != nil && (m.rules.Replace || len(m.Success) == 0) {
		m.PutSuccess(m.file.Success)
	}
	if m.file.Thanks != nil && (m.rules.Replace || len(m.Thanks) == 0) {
		m.PutThanks(m.file.Thanks)
	}
	if m.file.Status != nil && m.rules.Replace {
		m.PutStatus(m.file.Status)
	}
}
