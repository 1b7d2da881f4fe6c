package jenkins

import (
	"slices"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins/stapler"
)

func (x exporter) labels(n *node) stapler.List {
	out := stapler.List{}
	for _, label := range n.labels() {
		out = append(out, stapler.Bean{Properties: []stapler.Property{stapler.At(2, "name", label)}})
	}
	return out
}

// computers is the set of all nodes.
func (x exporter) computers() stapler.Bean {
	v, busy := stapler.Visible, 0
	for _, b := range x.s.running {
		if b.executor >= 0 {
			busy++
		}
	}
	return stapler.Bean{Class: "hudson.model.ComputerSet", Properties: []stapler.Property{
		v("busyExecutors", busy),
		{Name: "computer", Visibility: 1, Inline: true, Value: func() any {
			out := stapler.List{x.computer(&x.s.builtIn)}
			for _, n := range x.s.nodes {
				out = append(out, x.computer(n))
			}
			return out
		}},
		v("displayName", "Nodes"),
		v("totalExecutors", x.s.options.Executors),
	}}
}

func (x exporter) computer(n *node) stapler.Bean {
	v := stapler.Visible
	class, name, text, icon := "hudson.model.Hudson$MasterComputer", "Built-In Node",
		"the Jenkins controller's built-in node", "symbol-computer"
	if !n.isBuiltIn() {
		class, name, text = "hudson.slaves.SlaveComputer", n.Name, n.Description
	}
	offline := n.Offline || !n.isBuiltIn()
	if offline {
		icon = "symbol-computer-offline"
	}
	return stapler.Bean{Class: class, Properties: []stapler.Property{
		v("actions", stapler.List{}),
		v("assignedLabels", x.labels(n)),
		v("description", text),
		v("displayName", name),
		stapler.Lazy("executors", func() any { return x.executors(n) }),
		v("icon", icon),
		v("iconClassName", icon),
		v("idle", !n.isBuiltIn() || len(x.s.running) == 0),
		v("jnlpAgent", !n.isBuiltIn()),
		v("launchSupported", n.isBuiltIn()),
		v("loadStatistics", stapler.Bean{Class: "hudson.model.Label$1"}),
		v("manualLaunchAllowed", true),
		{Name: "monitorData", Visibility: 1, Inline: true, Value: func() any { return monitors(n) }},
		v("numExecutors", n.Executors),
		v("offline", offline),
		v("offlineCause", x.offlineCause(n)),
		v("offlineCauseReason", n.Reason),
		stapler.Lazy("oneOffExecutors", func() any { return x.oneOffs(n) }),
		v("temporarilyOffline", n.Offline),
	}}
}

// executors are the node's executors, each with what it runs.
func (x exporter) executors(n *node) stapler.List {
	out := stapler.List{}
	for number := range n.Executors {
		var on *build
		for _, b := range x.s.running {
			if n.isBuiltIn() && b.executor == number {
				on = b
			}
		}
		out = append(out, x.executor("", number, on))
	}
	return out
}

// oneOffs are the executors that pipelines bring with them.
func (x exporter) oneOffs(n *node) stapler.List {
	out := stapler.List{}
	for _, b := range x.s.running {
		if n.isBuiltIn() && b.executor < 0 {
			out = append(out, x.executor("", -1, b))
		}
	}
	return out
}

func (x exporter) offlineCause(n *node) any {
	if !n.Offline {
		return nil
	}
	return stapler.Bean{Class: "hudson.slaves.OfflineCause$UserCause", Properties: []stapler.Property{
		stapler.Visible("timestamp", millis(n.At)), stapler.Visible("description", n.Reason),
	}}
}

// monitors is what Jenkins measures on a node; an agent that was never connected has nothing to measure.
func monitors(n *node) stapler.Map {
	const prefix, gigabyte = "hudson.node_monitors.", int64(1) << 30
	if !n.isBuiltIn() {
		var out stapler.Map
		for _, name := range []string{
			"SwapSpaceMonitor", "TemporarySpaceMonitor", "DiskSpaceMonitor", "ArchitectureMonitor", "ResponseTimeMonitor",
			"ClockMonitor",
		} {
			out = append(out, stapler.Entry{Key: prefix + name})
		}
		return out
	}
	v := stapler.Visible
	space := stapler.Bean{Class: prefix + "DiskSpaceMonitorDescriptor$DiskSpace", Properties: []stapler.Property{
		v("timestamp", 0), v("path", "/var/jenkins_home"), v("size", 40*gigabyte), v("threshold", gigabyte),
		v("totalSize", 80*gigabyte), v("warningThreshold", 2*gigabyte),
	}}
	return stapler.Map{
		{Key: prefix + "SwapSpaceMonitor", Value: stapler.Bean{
			Class: prefix + "SwapSpaceMonitor$MemoryUsage2", Properties: []stapler.Property{
				v("availablePhysicalMemory", 2*gigabyte), v("availableSwapSpace", 0),
				v("totalPhysicalMemory", 8*gigabyte), v("totalSwapSpace", 0),
			},
		}},
		{Key: prefix + "TemporarySpaceMonitor", Value: space},
		{Key: prefix + "DiskSpaceMonitor", Value: space},
		{Key: prefix + "ArchitectureMonitor", Value: "Linux (amd64)"},
		{Key: prefix + "ResponseTimeMonitor", Value: stapler.Bean{
			Class:      prefix + "ResponseTimeMonitor$Data",
			Properties: []stapler.Property{v("timestamp", 0), v("average", 0)},
		}},
		{Key: prefix + "ClockMonitor", Value: stapler.Bean{
			Class: "hudson.util.ClockDifference", Properties: []stapler.Property{v("diff", 0)},
		}},
	}
}

// routeLabel serves a label; Jenkins has a label for every name that is asked for.
func (s *Server) routeLabel(rq *request, rest []string) answer {
	if len(rest) == 0 {
		return s.notFound()
	}
	v, name := stapler.Visible, rest[0]
	nodes, executors, busy := stapler.List{}, 0, 0
	for _, n := range append([]*node{&s.builtIn}, s.nodes...) {
		if !slices.Contains(n.labels(), name) {
			continue
		}
		nodes = append(nodes, nodeBean(n))
		if n.isBuiltIn() && !n.Offline {
			executors = n.Executors
			busy = executors - s.free()
		}
	}
	bean := stapler.Bean{Class: "hudson.model.labels.LabelAtom", Properties: []stapler.Property{
		v("actions", stapler.List{}), v("busyExecutors", busy), v("clouds", stapler.List{}), v("description", nil),
		v("idleExecutors", executors-busy), v("loadStatistics", stapler.Bean{Class: "hudson.model.Label$1"}),
		stapler.At(2, "name", name), v("nodes", nodes), v("offline", executors == 0), v("tiedJobs", stapler.List{}),
		v("totalExecutors", executors), v("propertiesList", stapler.List{}),
	}}
	return s.routeSimple(rq, rest[1:], name, bean)
}

func nodeBean(n *node) stapler.Bean {
	class, name := "hudson.slaves.DumbSlave", n.Name
	if n.isBuiltIn() {
		class, name = "hudson.model.Hudson", ""
	}
	v := stapler.Visible
	return stapler.Bean{Class: class, Properties: []stapler.Property{
		v("mode", "NORMAL"), v("nodeDescription", n.Description), stapler.At(999, "nodeName", name),
		v("numExecutors", n.Executors),
	}}
}
