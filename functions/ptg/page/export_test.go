package page

// Forget has the pages follow nothing any more, so that the next request reads anew.
func (p *Pages) Forget() {
	p.mu.Lock()
	all := p.followers
	p.followers = make(map[string]*follower)
	p.mu.Unlock()
	for _, f := range all {
		f.end()
	}
}

// Class and Ink are how a colour is shown.
func Class(css string) string { return colorClass(css) }

// Contrast is that of a colour with the ink that is chosen for it.
func Contrast(r, g, b uint8) (ratio float64, chosen string) {
	chosen = ink(r, g, b)
	other := 1.0
	if chosen == "#000" {
		other = 0
	}
	return contrast(luminance(r, g, b), other), chosen
}
