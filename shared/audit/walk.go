package audit

// walk goes along a chain, entry by entry, the oldest first.
type walk struct {
	keep   int64 // how many entries are kept at least
	report Report
	link   Head   // the one before
	fresh  bool   // there was none before
	first  *Fault // what is wrong with the first one if the chain is whole
	whole  bool   // nothing that is old was forgotten in order, so that the chain must begin at its beginning
	passed bool   // an id that is not older than that of the head that is looked for was seen
	early  bool   // that was the first one's
}

func newWalk(asked Head, keep int64) *walk {
	return &walk{keep: keep, report: Report{Asked: asked}, fresh: true}
}

// keeps says how many entries there are. While there are fewer than are kept, none was forgotten in order.
func (w *walk) keeps(length int64) { w.whole = length < w.keep }

// linked checks an entry against its hash, and that it follows the one before. It reports whether all is well.
func (w *walk) linked(e Entry, line int) bool {
	f := Fault{ID: e.ID, Line: line, Entry: &e}
	switch {
	case e.seal(e.Prev) != e.Hash:
		f.Kind, f.Why = Altered, "it is not what its hash says"
		return w.fault(f)
	case w.fresh && e.Prev != "":
		f.Kind, f.Why = Missing, "what was before it is gone"
		w.first = &f
	case !w.fresh && e.Prev != w.link.Hash:
		f.Kind, f.Why = Missing, "it does not follow "+w.link.ID+": what was between them is gone, or was put in another order"
		return w.fault(f)
	}
	w.report.Checked++
	if w.report.First == "" {
		w.report.First = e.ID
	}
	w.report.Head = Head{ID: e.ID, Hash: e.Hash}
	w.over(w.report.Head)
	return true
}

// over goes on behind a link.
func (w *walk) over(at Head) {
	w.seek(at)
	w.link, w.fresh = at, false
}

// seek looks whether a link is the one that is looked for, or stands where it should.
func (w *walk) seek(at Head) {
	if w.report.Asked == (Head{}) || w.passed {
		return
	}
	asked, err := parseID(w.report.Asked.ID)
	here, hereErr := parseID(at.ID)
	if err != nil || hereErr != nil || here.compare(asked) < 0 {
		return
	}
	w.passed = true
	w.report.Found = Rewritten
	if at == w.report.Asked {
		w.report.Found = Stands
	}
	w.early = w.fresh && here != asked
}

func (w *walk) fault(f Fault) bool {
	w.report.Fault = &f
	return false
}

// done is the report once everything was seen, or a fault.
func (w *walk) done() Report {
	r := w.report
	if w.whole && w.first != nil {
		r.Fault, r.Checked, r.First = w.first, 0, ""
	}
	switch {
	case r.Asked == (Head{}):
	case w.early && !w.whole:
		r.Found = TooOld
	case !w.passed && r.Fault == nil:
		r.Found = NotYet
	}
	return r
}
