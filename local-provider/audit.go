package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/shared/audit"
)

// errAudit says that an audit trail is not what it was; what is wrong was printed.
var errAudit = errors.New("the audit trail is not as it was sealed")

var errNoTrail = errors.New("there is no entry in it, so it shows nothing")

// auditTrail checks a file with an audit trail, without Redis, or writes one.
func auditTrail(ctx context.Context, in invocation) error {
	set, dir := flags(in, "audit")
	address := set.String("redis", "", "`address` of Redis, for export; by default that of the home")
	set.Usage = func() {
		fmt.Fprintln(in.stderr, "local-provider audit verify FILE [head]\n"+
			"local-provider audit [flags] export > FILE")
		set.PrintDefaults()
	}
	if err := set.Parse(in.args); err != nil {
		return err
	}
	switch args := set.Args(); {
	case len(args) == 2 && args[0] == "verify":
		return verifyTrail(in, args[1], "")
	case len(args) == 3 && args[0] == "verify":
		return verifyTrail(in, args[1], args[2])
	case len(args) == 1 && args[0] == "export":
		return exportTrail(ctx, in, *dir, *address)
	default:
		set.Usage()
		return errors.New("say verify FILE, verify FILE and a head that was announced, or export")
	}
}

func verifyTrail(in invocation, name, announced string) error {
	head, err := audit.ParseHead(announced)
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // only read
	report, err := audit.Check(file, head)
	if err != nil {
		return err
	}
	fmt.Fprintln(in.stdout, report)
	switch {
	case !report.Good():
		return fmt.Errorf("%s: %w", name, errAudit)
	case report.Checked == 0: // what an export left that failed
		return fmt.Errorf("%s: %w", name, errNoTrail)
	case announced == "":
		fmt.Fprintln(in.stdout, "No head was given: whether newer entries were cut off, or all of them written anew, shows only one that was announced.")
	}
	return nil
}

func exportTrail(ctx context.Context, in invocation, dir, address string) error {
	h, err := home.Open(dir)
	if err != nil {
		return err
	}
	client, err := connect(h, address)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	return audit.Export(ctx, client, in.stdout)
}
