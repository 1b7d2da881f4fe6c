package chat

import "strings"

// gap is what stands between two columns.
const gap = "  "

// Table aligns rows of cells in columns, a line each. Cells are one line each; the last cell of a row is not padded.
func Table(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if i < len(row)-1 {
				widths[i] = max(widths[i], Width(cell))
			}
		}
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = line(row, widths)
	}
	return strings.Join(lines, "\n")
}

func line(row []string, widths []int) string {
	var b strings.Builder
	for i, cell := range row {
		if i > 0 {
			b.WriteString(gap)
		}
		b.WriteString(cell)
		if i < len(row)-1 {
			b.WriteString(strings.Repeat(" ", max(0, widths[i]-Width(cell))))
		}
	}
	return strings.TrimRight(b.String(), " ")
}
