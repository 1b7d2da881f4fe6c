package main

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// elsewhere are namespaces whose pods other programs make.
var elsewhere = []string{"openfaas", "openfaas-fn"}

// data is the kind of what holds data.
const data = "StatefulSet"

// workload is what runs pods.
type workload struct {
	kind, name, namespace string
	selector              *meta.LabelSelector // nil where Kubernetes makes it
	replicas              int32
	pod                   core.PodTemplateSpec
}

// cluster is what is known of all objects together.
type cluster struct {
	objects   []runtime.Object
	workloads []workload
	problems  []string
}

// judge says what is wrong with objects that are each well-formed.
func judge(objects []runtime.Object) []string {
	c := &cluster{objects: objects}
	for _, o := range objects {
		switch o := o.(type) {
		case *apps.Deployment:
			c.workloads = append(c.workloads, workload{"Deployment", o.Name, o.Namespace, o.Spec.Selector, count(o.Spec.Replicas), o.Spec.Template})
		case *apps.StatefulSet:
			c.workloads = append(c.workloads, workload{data, o.Name, o.Namespace, o.Spec.Selector, count(o.Spec.Replicas), o.Spec.Template})
		case *batch.CronJob:
			c.workloads = append(c.workloads, workload{"CronJob", o.Name, o.Namespace, nil, 1, o.Spec.JobTemplate.Spec.Template})
		}
	}
	for _, w := range c.workloads {
		c.workload(w)
	}
	for _, o := range objects {
		c.selects(o)
	}
	c.closed()
	return c.problems
}

func count(n *int32) int32 {
	if n == nil {
		return 1
	}
	return *n
}

func (c *cluster) wrongf(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// has looks for an object.
func has[T runtime.Object](c *cluster, is func(T) bool) bool {
	return slices.ContainsFunc(c.objects, func(o runtime.Object) bool {
		t, ok := o.(T)
		return ok && is(t)
	})
}

// workload checks what stands around its pods.
func (c *cluster) workload(w workload) {
	called := w.kind + " " + w.name
	if w.kind == data && w.replicas > 1 {
		c.wrongf("%s: %d replicas; it is one of a kind", called, w.replicas)
	}
	if w.selector != nil && !matches(w.selector, w.pod.Labels) {
		c.wrongf("%s: its selector does not select its own pods", called)
	}
	account := w.pod.Spec.ServiceAccountName
	if !has(c, func(a *core.ServiceAccount) bool {
		return a.Name == account && a.Namespace == w.namespace && a.AutomountServiceAccountToken != nil && !*a.AutomountServiceAccountToken
	}) {
		c.wrongf("%s: there is no service account %q without a token", called, account)
	}
	c.budget(called, w)
	c.pod(called, w)
}

// budget checks that what holds data is not moved without asking, and that a node can be drained of everything else.
func (c *cluster) budget(called string, w workload) {
	if w.selector == nil {
		return // what comes and goes is made again
	}
	var budgets []*policy.PodDisruptionBudget
	for _, o := range c.objects {
		if b, is := o.(*policy.PodDisruptionBudget); is && b.Namespace == w.namespace && matches(b.Spec.Selector, w.pod.Labels) {
			budgets = append(budgets, b)
		}
	}
	if len(budgets) != 1 { // of a pod with two none can be moved
		c.wrongf("%s: it has %d disruption budgets, and needs one", called, len(budgets))
		return
	}
	switch lets := allowed(budgets[0].Spec, int(max(w.replicas, 1))) > 0; {
	case w.kind == data && lets:
		c.wrongf("%s: its disruption budget lets it be moved without asking", called)
	case w.kind != data && !lets:
		c.wrongf("%s: its disruption budget forbids that a node is drained", called)
	}
}

// allowed is how many of so many pods a budget lets be moved at a time.
func allowed(b policy.PodDisruptionBudgetSpec, pods int) int {
	switch {
	case b.MaxUnavailable != nil:
		return scaled(b.MaxUnavailable, pods)
	case b.MinAvailable != nil:
		return pods - scaled(b.MinAvailable, pods)
	default:
		return pods
	}
}

// scaled reads a number, or a percentage of so many; what is neither is none.
func scaled(n *intstr.IntOrString, of int) int {
	value, err := intstr.GetScaledValueFromIntOrPercent(n, of, true)
	if err != nil {
		return 0
	}
	return value
}

// selects checks that what selects pods selects some, of those that are made here.
func (c *cluster) selects(o runtime.Object) {
	switch o := o.(type) {
	case *core.Service:
		if o.Spec.Type != core.ServiceTypeExternalName {
			c.some("Service "+o.Name, o.Namespace, &meta.LabelSelector{MatchLabels: o.Spec.Selector})
		}
	case *policy.PodDisruptionBudget:
		c.some("PodDisruptionBudget "+o.Name, o.Namespace, o.Spec.Selector)
	case *networking.NetworkPolicy:
		if len(o.Spec.PolicyTypes) == 0 {
			c.wrongf("NetworkPolicy %s: it does not say what it is about", o.Name)
		}
		c.some("NetworkPolicy "+o.Name, o.Namespace, &o.Spec.PodSelector)
	}
}

func (c *cluster) some(called, namespace string, selector *meta.LabelSelector) {
	if slices.Contains(elsewhere, namespace) {
		return
	}
	if !slices.ContainsFunc(c.workloads, func(w workload) bool { return w.namespace == namespace && matches(selector, w.pod.Labels) }) {
		c.wrongf("%s: it selects no pod", called)
	}
}

func matches(selector *meta.LabelSelector, set map[string]string) bool {
	s, err := meta.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(labels.Set(set))
}

// closed checks that in each namespace with pods of ours nobody speaks to anybody unless it is allowed.
func (c *cluster) closed() {
	for _, w := range c.workloads {
		if !has(c, func(p *networking.NetworkPolicy) bool {
			return p.Namespace == w.namespace && len(p.Spec.PodSelector.MatchLabels)+len(p.Spec.PodSelector.MatchExpressions) == 0 &&
				len(p.Spec.Ingress)+len(p.Spec.Egress) == 0 && len(p.Spec.PolicyTypes) == 2
		}) {
			c.wrongf("%s %s: its namespace %q lets everybody speak to everybody", w.kind, w.name, w.namespace)
		}
	}
}
