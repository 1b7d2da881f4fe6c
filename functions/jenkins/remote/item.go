package remote

import (
	"context"
	"strings"
)

// Item is a job or folder in a listing.
type Item struct {
	Class     string   `json:"_class"`
	Name      string   `json:"name"`
	FullName  string   `json:"fullName"`
	URL       string   `json:"url"`
	Color     string   `json:"color"`
	Buildable bool     `json:"buildable"`
	Health    []Health `json:"healthReport"`
	LastBuild *Build   `json:"lastBuild"`
	Jobs      []Item   `json:"jobs"`
}

// Health is one of Jenkins' judgements of a job.
type Health struct {
	Description string `json:"description"`
	Score       int    `json:"score"`
}

// Folder reports whether the item holds others: Jenkins gives only what can be built a colour.
func (i *Item) Folder() bool { return i.Color == "" }

// Limits of a listing.
const (
	listDepth = 6
	maxItems  = 5000
)

const (
	itemFields   = "name,fullName,url,color,buildable"
	healthFields = ",healthReport[description,score],lastBuild[number,url,building,result,timestamp,estimatedDuration]"
)

// Items lists all folders and jobs that this account may see, as a tree at most six folders deep.
func (c *Client) Items(ctx context.Context) ([]Item, error) {
	return c.items(ctx, itemFields, listDepth)
}

// Overview lists the top and what stands in the folders there, with health and last builds: Jenkins reads those from its
// disk, so it is not asked about everything.
func (c *Client) Overview(ctx context.Context) ([]Item, error) {
	return c.items(ctx, itemFields+healthFields, 2)
}

// Health reads one job with its health and last build.
func (c *Client) Health(ctx context.Context, job string) (*Item, error) {
	var item Item
	_, err := c.read(ctx, ask{
		doing: "reading " + job, path: Path(job), query: map[string]string{"tree": itemFields + healthFields},
	}, &item)
	if err != nil {
		return nil, err
	}
	item.FullName = job
	return &item, nil
}

func (c *Client) items(ctx context.Context, fields string, depth int) ([]Item, error) {
	tree := ""
	for range depth {
		if tree != "" {
			tree = "," + tree
		}
		tree = "jobs[" + fields + tree + "]"
	}
	var root Item
	_, err := c.read(ctx, ask{doing: "listing its jobs", query: map[string]string{"tree": tree}}, &root)
	if err != nil {
		return nil, err
	}
	name(root.Jobs, "")
	return root.Jobs, nil
}

// name fills in full names where Jenkins leaves them out.
func name(items []Item, parent string) {
	for i := range items {
		if items[i].FullName == "" {
			items[i].FullName = strings.TrimPrefix(parent+"/"+items[i].Name, "/")
		}
		name(items[i].Jobs, items[i].FullName)
	}
}

// Buildables flattens a tree into what can be built, at most 5,000 of them.
func Buildables(items []Item) []Item {
	var flat []Item
	for i := range items {
		if len(flat) >= maxItems {
			return flat
		}
		if items[i].Folder() {
			flat = append(flat, Buildables(items[i].Jobs)...)
			continue
		}
		flat = append(flat, items[i])
	}
	return flat
}
