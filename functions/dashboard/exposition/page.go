package exposition

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/metrics"
)

// page is what is answered, family by family.
type page struct{ samples map[string][]string }

func newPage() *page { return &page{make(map[string][]string)} }

// add adds a sample; labels are name, value, name, value, …
func (p *page) add(name string, value float64, labels ...string) {
	p.line(name, name, value, labels...)
}

func (p *page) line(family, name string, value float64, labels ...string) {
	p.samples[family] = append(p.samples[family], name+text(labels)+" "+number(value))
}

// histogram adds one; its buckets are cumulative here.
func (p *page) histogram(name string, h *metrics.Histogram, labels ...string) {
	var sum int64
	for i, n := range h.Buckets {
		sum += n
		bound := "+Inf"
		if bounds := metrics.Bounds(); i < len(bounds) {
			bound = number(bounds[i].Seconds())
		}
		p.line(name, name+"_bucket", float64(sum), append(slices.Clip(labels), "le", bound)...)
	}
	p.line(name, name+"_sum", h.Sum.Seconds(), labels...)
	p.line(name, name+"_count", float64(sum), labels...)
}

// seconds adds a duration.
func (p *page) seconds(name string, d time.Duration, labels ...string) {
	p.add(name, d.Seconds(), labels...)
}

// yes adds 1 or 0.
func (p *page) yes(name string, yes bool, labels ...string) {
	value := 0.0
	if yes {
		value = 1
	}
	p.add(name, value, labels...)
}

// bytes is the whole page. A family without samples is left out.
func (p *page) bytes() []byte {
	var out bytes.Buffer
	for _, f := range families {
		if len(p.samples[f.name]) == 0 {
			continue
		}
		fmt.Fprintf(&out, "# HELP %s %s\n# TYPE %s %s\n", f.name, f.help, f.name, f.kind)
		for _, line := range p.samples[f.name] {
			out.WriteString(line)
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

// escape writes a label's value as the format wants it; what is no UTF-8 is none of it.
var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func text(labels []string) string {
	if len(labels) == 0 {
		return ""
	}
	parts := make([]string, 0, len(labels)/2)
	for i := 0; i+1 < len(labels); i += 2 {
		parts = append(parts, labels[i]+`="`+escape.Replace(strings.ToValidUTF8(labels[i+1], "\uFFFD"))+`"`)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
