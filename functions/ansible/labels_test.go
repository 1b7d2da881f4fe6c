package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A record to which ARA's callback could not give its labels has them when the run is over, however that ended.
func TestLostLabels(t *testing.T) {
	t.Parallel()
	address := araServer(t)
	b := newBench(t, "url: http://"+address)
	r := &runner{b.cap}
	for id, settle := range map[string]func(at *course) string{
		"k3f7": func(at *course) string { return r.settleRecord(t.Context(), "k3f7", at, true) },
		"h0rs": func(at *course) string {
			return r.closeRecord(t.Context(), at, closing{Label: "cancelled", Job: "h0rs"})
		},
	} {
		at := &course{Path: "/runs/" + id + ".yml", Online: true, Began: time.Now()}
		made, err := http.Post("http://"+address+"/api/v1/playbooks", "application/json", strings.NewReader(fmt.Sprintf(
			`{"path": %q, "status": "running", "started": %q, "ansible_version": "2.14"}`, at.Path, at.Began.UTC().Format(time.RFC3339Nano))))
		if err != nil || made.StatusCode != http.StatusCreated {
			t.Fatalf("%v %v", made, err)
		}
		_ = made.Body.Close()
		if note := settle(at); note != "" {
			t.Error(note)
		}
		record, err := b.cap.ara.ByLabel(t.Context(), jobLabel(id))
		if err != nil || record == nil || record.ID != at.Record || record.Status == "running" {
			t.Errorf("%s: %+v, not %d: %v", id, record, at.Record, err)
		}
	}
}
