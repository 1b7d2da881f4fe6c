package jenkins

import (
	"strings"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins/stapler"
)

func (x exporter) queue() stapler.Bean {
	return stapler.Bean{Class: "hudson.model.Queue", Properties: []stapler.Property{
		{Name: "discoverableItems", Visibility: 1, Inline: true, Value: func() any { return stapler.List{} }},
		{Name: "items", Visibility: 1, Inline: true, Value: func() any {
			out := stapler.List{}
			for _, q := range x.s.listed() {
				out = append(out, x.queueItem(q))
			}
			return out
		}},
	}}
}

// queueItem is an item of the queue. Its properties are visible at every depth, except those of its actions.
func (x exporter) queueItem(q *queueItem) stapler.Bean {
	at := func(name string, value any) stapler.Property { return stapler.At(999, name, value) }
	bean := stapler.Bean{Class: "hudson.model.Queue$" + q.State, Properties: []stapler.Property{
		stapler.Lazy("actions", func() any {
			out := stapler.List{}
			if q.HasParams {
				out = append(out, parametersAction(q.Parameters))
			}
			return append(out, causeAction(q.Causes))
		}),
		at("blocked", q.State == blockedItem),
		at("buildable", q.State == buildableItem),
		at("id", q.ID),
		at("inQueueSince", millis(q.Since)),
		at("params", q.params()),
		at("stuck", x.s.stuck(q)),
		{Name: "task", Visibility: 999, Value: func() any { return x.item(q.job) }},
		at("url", q.path()),
		at("why", x.why(q)),
	}}
	bean.Properties = append(bean.Properties, x.queueState(q)...)
	return bean
}

// why is null once the item has left.
func (x exporter) why(q *queueItem) any {
	if q.State == leftItem {
		return nil
	}
	return x.s.whyNow(q)
}

// queueState is what the states have each for themselves.
func (x exporter) queueState(q *queueItem) []stapler.Property {
	at := func(name string, value any) stapler.Property { return stapler.At(999, name, value) }
	switch q.State {
	case waitingItem:
		return []stapler.Property{at("timestamp", millis(q.Due))}
	case blockedItem:
		return []stapler.Property{at("buildableStartMilliseconds", millis(q.Buildable))}
	case buildableItem:
		return []stapler.Property{at("buildableStartMilliseconds", millis(q.Buildable)), at("pending", false)}
	default:
		return []stapler.Property{
			at("cancelled", q.cancelled),
			{Name: "executable", Visibility: 999, Value: func() any { return x.buildOrNull(q.became) }},
		}
	}
}

// params is the item's parameters as one text, a line each.
func (q *queueItem) params() string {
	var b strings.Builder
	for _, v := range q.Parameters {
		b.WriteString("\n" + v.summary())
	}
	return b.String()
}
