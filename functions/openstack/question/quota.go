package question

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// quota answers "openstack quota": what a project may have, and has.
func (q *Questions) quota(ctx context.Context, call command.Call) ([]string, error) {
	args := command.Values(call.Args)
	c, err := q.one(args.String("cloud"), cloud.Viewer, quotaWords, call.Who())
	if err != nil {
		return nil, err
	}
	id, name, err := c.Project(ctx)
	if err != nil {
		return nil, err
	}
	usage := resource.Usage{}
	if text := args.String("project"); text == "" || text == id || text == name {
		usage, err = resource.Quota(ctx, c)
	} else {
		seen, _ := eye(c)
		if id, err = projectID(ctx, seen, text); err == nil {
			usage, err = resource.QuotaOf(ctx, seen, id)
		}
		name = text
	}
	if err != nil {
		return nil, err
	}
	rows := [][]string{{"", "used", "limit", "left"}}
	for _, m := range resource.Measures() {
		limit, told := usage.Limit[m]
		if !told {
			continue
		}
		row := []string{m.Words(), fmt.Sprint(usage.Used[m]), "unlimited", ""}
		if limit >= 0 {
			row[2], row[3] = fmt.Sprint(limit), fmt.Sprint(usage.Left(m))
		}
		rows = append(rows, row)
	}
	if len(rows) == 1 {
		return nil, refuse(command.CodeMissing, c.Name()+" has no compute, network or volume service, and so no quota.")
	}
	return append([]string{fmt.Sprintf("The project %s at %s:", chat.OneLine(name), c.Name())}, strings.Split(chat.Table(rows), "\n")...), nil
}

// limits answers "openstack limits": what one request, and one thing, may be at most, besides the quota.
func (q *Questions) limits(ctx context.Context, call command.Call) ([]string, error) {
	c, err := q.one(command.Values(call.Args).String("cloud"), cloud.Viewer, limitsWords, call.Who())
	if err != nil {
		return nil, err
	}
	rows := [][]string{{"service", "limit", "", "used"}}
	for _, of := range []cloud.Service{cloud.Compute, cloud.Volume} {
		is, err := c.Has(ctx, of)
		if err != nil {
			return nil, err
		}
		if !is {
			continue
		}
		more, err := limitsOf(ctx, c, of)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	if len(rows) == 1 {
		return nil, refuse(command.CodeMissing, c.Name()+" has no compute or volume service, and so no limits.")
	}
	_, name, err := c.Project(ctx)
	if err != nil {
		return nil, err
	}
	return append([]string{fmt.Sprintf("Limits of the project %s at %s:", chat.OneLine(name), c.Name())}, strings.Split(chat.Table(rows), "\n")...), nil
}

// maxLimits bounds the limits of a service that are shown.
const maxLimits = 60

func limitsOf(ctx context.Context, c *cloud.Cloud, of cloud.Service) ([][]string, error) {
	client, err := c.Client(ctx, of)
	if err != nil {
		return nil, err
	}
	var told struct {
		Limits struct {
			Absolute map[string]int64 `json:"absolute"`
		} `json:"limits"`
	}
	if err := read(ctx, client, &told, url.Values{}, "limits"); err != nil {
		return nil, cloud.While(err, "reading limits")
	}
	var rows [][]string
	for _, key := range sorted(told.Limits.Absolute) {
		what, most := strings.CutPrefix(key, "maxTotal")
		if !most {
			what, most = strings.CutPrefix(key, "max")
		}
		if !most || len(rows) == maxLimits {
			continue
		}
		limit := fmt.Sprint(told.Limits.Absolute[key])
		if told.Limits.Absolute[key] < 0 {
			limit = "unlimited"
		}
		rows = append(rows, []string{string(of), spelled(what), limit, usedOf(told.Limits.Absolute, what)})
	}
	return rows, nil
}

// spelled is a limit in words: "server group members" of ServerGroupMembers, "RAM size" of RAMSize.
func spelled(what string) string {
	letters := []rune(what)
	var text strings.Builder
	for i, r := range letters {
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1])) {
			text.WriteByte(' ')
		}
		text.WriteRune(r)
	}
	words := strings.Fields(text.String())
	for i, word := range words {
		if word != strings.ToUpper(word) {
			words[i] = strings.ToLower(word)
		}
	}
	return chat.Brief(strings.Join(words, " "), 40)
}

// usedAs are the limits whose use has another name.
var usedAs = map[string]string{"RAMSize": "RAM", "VolumeGigabytes": "Gigabytes"}

// usedOf finds how much is used of a limit: maxTotalCores goes with totalCoresUsed.
func usedOf(absolute map[string]int64, what string) string {
	used, is := absolute["total"+cmp.Or(usedAs[what], what)+"Used"]
	if !is {
		return ""
	}
	return fmt.Sprint(used)
}
