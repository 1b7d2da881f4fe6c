package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A record to which ARA's callback could not give its labels has them when the run is over, however that ended.
func TestLostLabels(t *testing.T) {
	t.Parallel()
	b := newBench(t, onARA(t))
	r := &runner{b.cap}
	for id, settle := range map[string]func(at *course) string{
		"k3f7": func(at *course) string { return r.settleRecord(t.Context(), "k3f7", at, true) },
		"h0rs": func(at *course) string {
			return r.closeRecord(t.Context(), at, closing{Label: "cancelled", Job: "h0rs"})
		},
	} {
		at := &course{Path: "/runs/" + id + ".yml", Online: true, Began: time.Now()}
		b.record(at.Path, at.Began)
		if note := settle(at); note != "" {
			t.Error(note)
		}
		record, err := b.cap.ara.ByLabel(t.Context(), jobLabel(id))
		if err != nil || record == nil || record.ID != at.Record || record.Status == "running" {
			t.Errorf("%s: %+v, not %d: %v", id, record, at.Record, err)
		}
	}
}

// record has ARA begin a record, as its callback does before the first play.
func (b *bench) record(path string, began time.Time) (id int64) {
	b.Helper()
	made, err := http.Post("http://"+araServer(b)+"/api/v1/playbooks", "application/json", strings.NewReader(fmt.Sprintf(
		`{"path": %q, "status": "running", "started": %q, "ansible_version": "2.14"}`, path, began.UTC().Format(time.RFC3339Nano))))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = made.Body.Close() }()
	var record struct {
		ID int64 `json:"id"`
	}
	if err := json.NewDecoder(made.Body).Decode(&record); err != nil || made.StatusCode != http.StatusCreated {
		b.Fatalf("%s: %v", made.Status, err)
	}
	return record.ID
}
