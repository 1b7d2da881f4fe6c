package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/handsoff/handsoff/local-provider/function"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/supervisor"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/process"
)

// status says what runs.
func status(ctx context.Context, in invocation) error {
	set, dir := flags(in, "status")
	if err := set.Parse(in.args); err != nil {
		return err
	}
	h, err := home.Open(*dir)
	if err != nil {
		return err
	}
	super, err := readSupervision(h)
	if err != nil {
		return err
	}
	traces, err := supervisor.Traces(folders(h))
	if err != nil {
		return err
	}
	replicas, err := function.Traces(h.Replicas())
	if err != nil {
		return err
	}
	table := newTable(in.stdout)
	table.row("supervisor", super.Ref, "-", "", "")
	for _, t := range traces {
		note := t.Last
		if t.Alive() && !supervisor.Answers(ctx, t.Address) {
			note = "does not listen on " + t.Address
		}
		table.row(t.Name, t.Ref, fmt.Sprint(t.Restarts), chat.Duration(time.Since(t.Started)), note)
	}
	for _, r := range replicas {
		table.row("function "+r.Function, r.Ref, "-", "", r.Address)
	}
	return table.end(len(traces) > 0 && !super.Alive())
}

type table struct {
	out   io.Writer
	tab   *tabwriter.Writer
	total int64
}

func newTable(out io.Writer) *table {
	const gap = 2
	t := &table{out: out, tab: tabwriter.NewWriter(out, 0, 0, gap, ' ', 0)}
	fmt.Fprintln(t.tab, "NAME\tSTATE\tPID\tMEMORY\tRESTARTS\tFOR\tNOTE")
	return t
}

func (t *table) row(name string, ref process.Ref, restarts, since, note string) {
	size, err := ref.Memory()
	if err != nil {
		fmt.Fprintf(t.tab, "%s\tnot running\t-\t-\t%s\t-\t%s\n", name, restarts, note)
		return
	}
	t.total += size
	fmt.Fprintf(t.tab, "%s\trunning\t%d\t%s\t%s\t%s\t%s\n", name, ref.PID, mebibytes(size), restarts, since, note)
}

func (t *table) end(unsupervised bool) error {
	fmt.Fprintf(t.tab, "all together\t\t\t%s\t\t\t\n", mebibytes(t.total))
	if err := t.tab.Flush(); err != nil {
		return fmt.Errorf("print the status: %w", err)
	}
	if unsupervised {
		fmt.Fprintln(t.out, "\nThe supervisor is gone: what runs goes on, and nothing that ends is started again. "+
			"`local-provider up` brings it back.")
	}
	return nil
}

func mebibytes(size int64) string { return fmt.Sprintf("%.1f MiB", float64(size)/(1<<20)) }
