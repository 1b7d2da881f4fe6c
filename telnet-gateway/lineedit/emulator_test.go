package lineedit

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

// emulator is a terminal of endless height: just what Screen may use, and nothing else.
type emulator struct {
	tb       testing.TB
	width    int
	rows     [][]string // cells; the second one of a wide letter is ""
	row, col int
	bells    int
}

func newEmulator(tb testing.TB, width int) *emulator {
	tb.Helper()
	return &emulator{tb: tb, width: width, rows: make([][]string, 1)}
}

func (m *emulator) write(out string) {
	m.tb.Helper()
	for out != "" {
		if strings.HasPrefix(out, "\x1b[") {
			end := strings.IndexFunc(out[2:], func(r rune) bool { return r >= 0x40 }) + 2
			m.escape(out[2 : end+1])
			out = out[end+1:]
			continue
		}
		cluster, rest, width, _ := uniseg.FirstGraphemeClusterInString(out, -1)
		if cluster == "\r\n" {
			cluster, rest = "\r", out[1:]
		}
		m.put(cluster, width)
		out = rest
	}
}

func (m *emulator) put(cluster string, width int) {
	switch cluster {
	case "\r":
		m.col = 0
	case "\n":
		m.col = 0
		if m.row++; m.row == len(m.rows) {
			m.rows = append(m.rows, nil)
		}
	case "\b":
		if m.col > 0 {
			m.col--
		}
	case "\a":
		m.bells++
	default:
		if m.col+width > m.width {
			m.put("\n", 0)
		}
		for len(m.rows[m.row]) < m.col+width {
			m.rows[m.row] = append(m.rows[m.row], " ")
		}
		m.rows[m.row][m.col] = cluster
		for i := 1; i < width; i++ {
			m.rows[m.row][m.col+i] = ""
		}
		m.col += width
	}
}

func (m *emulator) escape(seq string) {
	m.tb.Helper()
	switch {
	case seq == "K":
		m.rows[m.row] = m.rows[m.row][:min(m.col, len(m.rows[m.row]))]
	case seq == "J":
		m.escape("K")
		m.rows = m.rows[:m.row+1]
	case seq == "A":
		if m.row == 0 {
			m.tb.Fatal("moved above the first row")
		}
		m.row--
	case seq == "H":
		m.row, m.col = 0, 0
	case seq == "2J":
		for i := range m.rows {
			m.rows[i] = nil
		}
	case strings.HasSuffix(seq, "m"):
	default:
		m.tb.Fatalf("unexpected sequence ESC [ %s", seq)
	}
}

func (m *emulator) line(row int) string {
	return strings.TrimRight(strings.Join(m.rows[row], ""), " ")
}

func (m *emulator) text() string {
	lines := make([]string, len(m.rows))
	for i := range m.rows {
		lines[i] = m.line(i)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
