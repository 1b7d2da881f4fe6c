package fault_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// befallen is what befalls requests of a name, one after the other.
func befallen(o *fault.Orders[string], name string, n int) string {
	var out []string
	for range n {
		if f := o.Befalls(func(f string) bool { return strings.HasPrefix(f, name) }); f != nil {
			out = append(out, *f)
		} else {
			out = append(out, "-")
		}
	}
	return strings.Join(out, " ")
}

func TestOrders(t *testing.T) {
	t.Parallel()
	var o fault.Orders[string]
	check := func(name string, n int, want string) {
		t.Helper()
		if got := befallen(&o, name, n); got != want {
			t.Errorf("%s meet %s, want %s", name, got, want)
		}
	}
	check("a", 1, "-")
	o.Break("a1", fault.Span{Times: 2, Skip: 1})
	always := o.Break("a2", fault.Span{})
	o.Break("b", fault.Span{Times: 1})
	check("a", 5, "a2 a1 a1 a2 a2") // while the first one is skipped the second befalls
	check("b", 2, "b -")
	check("c", 1, "-")
	if got := fmt.Sprint(o.List()); got != "[a2]" {
		t.Errorf("in force are %s", got)
	}
	o.Mend(always)
	check("a", 1, "-")
	o.Break("a3", fault.Span{})
	o.Break("a4", fault.Span{})
	o.Mend()
	check("a", 1, "-")
	if o.Break("a5", fault.Span{}) == always {
		t.Error("a number is given twice")
	}
}
