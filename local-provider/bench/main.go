// Bench measures handsoff against a bare floor and prints the table of the README.
//
// The floor is the least that could do the work: net/http, an HMAC, and one Redis script that remembers a nonce and
// appends to a stream. Every figure is a median of runs on this machine, now; ratios are taken between neighbours in time.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are how much is measured.
type options struct {
	runs     int // of each latency
	jobs     int // of the throughput
	finished int // jobs kept for the second half
	waiting  int
	only     string // the parts that are measured, with commas between; empty for all
}

// part is one of the things that are measured, on its own system.
type part struct {
	name    string
	measure func(context.Context, options, *table) error
}

// parts are all of them, in their order.
var parts = []part{{"system", measureSystem}, {"throughput", measureThroughput}, {"events", measureEvents}, {"openstack", measureOpenStack}}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "floor" {
		return serveFloor(ctx, args[1], args[2])
	}
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.runs, "runs", 400, "runs of each latency")
	flags.IntVar(&o.jobs, "jobs", 5000, "jobs of the throughput")
	flags.IntVar(&o.finished, "finished", 10_000, "finished jobs kept when measuring again")
	flags.IntVar(&o.waiting, "waiting", 1_000, "waiting jobs kept when measuring again")
	flags.StringVar(&o.only, "only", "", "`parts` to measure, with commas between: system, throughput, events, openstack; all when empty")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("flags: %w", err)
	}
	if err := o.check(); err != nil {
		return err
	}
	var t table
	for _, part := range parts {
		if !o.wants(part.name) {
			continue
		}
		if err := part.measure(ctx, o, &t); err != nil {
			return err
		}
	}
	return t.print()
}

func (o options) wants(part string) bool {
	return o.only == "" || slices.Contains(strings.Split(o.only, ","), part)
}

// check refuses parts that there are not, which would measure nothing.
func (o options) check() error {
	if o.only == "" {
		return nil
	}
	for name := range strings.SplitSeq(o.only, ",") {
		if !slices.ContainsFunc(parts, func(p part) bool { return p.name == name }) {
			return fmt.Errorf("there is no part %q; system, throughput, events and openstack are", name)
		}
	}
	return nil
}

// table is what is printed.
type table struct{ rows []row }

// row is one figure with what it is held against.
type row struct{ what, figure, against, verdict string }

func (t *table) add(what, figure, against string, met bool) {
	verdict := "met"
	if !met {
		verdict = "missed"
	}
	t.rows = append(t.rows, row{what, figure, against, verdict})
	fmt.Fprintf(os.Stderr, "%s: %s (%s) %s\n", what, figure, against, verdict)
}

func (t *table) print() error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| what\t| measured\t| held against\t|\t|")
	fmt.Fprintln(w, "| ---\t| ---\t| ---\t| ---\t|")
	for _, r := range t.rows {
		fmt.Fprintf(w, "| %s\t| %s\t| %s\t| %s\t|\n", r.what, r.figure, r.against, r.verdict)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
