package main

import (
	"slices"
	"strings"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
)

// pod checks what a pod may do, and that what it names is there.
func (c *cluster) pod(called string, w workload) {
	spec := w.pod.Spec
	if spec.AutomountServiceAccountToken == nil || *spec.AutomountServiceAccountToken {
		c.wrongf("%s: it is given a token of the cluster", called)
	}
	s := spec.SecurityContext
	if s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.RunAsUser == nil || *s.RunAsUser == 0 {
		c.wrongf("%s: it may run as root", called)
	}
	if s == nil || s.SeccompProfile == nil || s.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault {
		c.wrongf("%s: it may call all of the kernel", called)
	}
	if spec.HostNetwork || spec.HostPID || spec.HostIPC {
		c.wrongf("%s: it shares what is the node's", called)
	}
	for _, container := range append(slices.Clone(spec.InitContainers), spec.Containers...) {
		c.container(called, w, container)
	}
	for _, v := range spec.Volumes {
		c.volume(called, w, v)
	}
}

func (c *cluster) container(called string, w workload, container core.Container) {
	s := container.SecurityContext
	if s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
		c.wrongf("%s: its root file system can be written", called)
	}
	if s == nil || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || s.Capabilities == nil || !slices.Contains(s.Capabilities.Drop, "ALL") {
		c.wrongf("%s: it may become more than it is", called)
	}
	if container.Resources.Limits.Memory().IsZero() || container.Resources.Requests.Memory().IsZero() || container.Resources.Requests.Cpu().IsZero() {
		c.wrongf("%s: its resources are not limited", called)
	}
	if _, tag, _ := strings.Cut(container.Image[strings.LastIndexByte(container.Image, '/')+1:], ":"); tag == "" || tag == "latest" || tag == "unset" {
		c.wrongf("%s: its image %s is none to roll back to", called, container.Image)
	}
	for _, probe := range []*core.Probe{container.StartupProbe, container.ReadinessProbe, container.LivenessProbe} {
		if w.selector != nil && !asks(container, probe) {
			c.wrongf("%s: a probe is missing, or asks at a port that it has not", called)
		}
	}
	for _, m := range container.VolumeMounts {
		if !slices.ContainsFunc(w.pod.Spec.Volumes, func(v core.Volume) bool { return v.Name == m.Name }) && !claimed(w, m.Name) {
			c.wrongf("%s: there is no volume %s", called, m.Name)
		}
	}
	for _, e := range container.Env {
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			c.wrongf("%s: a secret is in its environment", called)
		}
	}
	for _, e := range container.EnvFrom {
		if e.SecretRef != nil {
			c.wrongf("%s: a secret is in its environment", called)
		}
		if e.ConfigMapRef != nil {
			c.settings(called, w, e.ConfigMapRef.Name)
		}
	}
}

// claimed says whether a volume is one that a StatefulSet asks for.
func claimed(w workload, name string) bool { return w.kind == "StatefulSet" && name == "data" }

// asks says whether a probe asks at a port that the container declares.
func asks(container core.Container, probe *core.Probe) bool {
	if probe == nil {
		return false
	}
	port := ""
	switch {
	case probe.HTTPGet != nil:
		port = probe.HTTPGet.Port.StrVal
	case probe.TCPSocket != nil:
		port = probe.TCPSocket.Port.StrVal
	}
	return slices.ContainsFunc(container.Ports, func(p core.ContainerPort) bool { return p.Name == port })
}

func (c *cluster) settings(called string, w workload, name string) {
	if !has(c, func(m *core.ConfigMap) bool { return m.Name == name && m.Namespace == w.namespace }) {
		c.wrongf("%s: there is no config map %s", called, name)
	}
}

func (c *cluster) volume(called string, w workload, v core.Volume) {
	if v.HostPath != nil {
		c.wrongf("%s: it sees files of the node", called)
	}
	if v.ConfigMap != nil {
		c.settings(called, w, v.ConfigMap.Name)
	}
	if v.Secret != nil {
		c.secret(called, w, v.Secret.SecretName, v.Secret.Optional)
	}
	if v.Projected != nil {
		for _, source := range v.Projected.Sources {
			if source.Secret != nil {
				c.secret(called, w, source.Secret.Name, source.Secret.Optional)
			}
		}
	}
	if v.PersistentVolumeClaim != nil && !c.claimed(v.PersistentVolumeClaim.ClaimName, w.namespace) {
		c.wrongf("%s: there is no claim %s", called, v.PersistentVolumeClaim.ClaimName)
	}
}

// claimed reports whether a claim is made, by itself or by a set for its first pod.
func (c *cluster) claimed(name, namespace string) bool {
	return has(c, func(p *core.PersistentVolumeClaim) bool { return p.Name == name && p.Namespace == namespace }) ||
		has(c, func(s *apps.StatefulSet) bool {
			return s.Namespace == namespace && slices.ContainsFunc(s.Spec.VolumeClaimTemplates, func(p core.PersistentVolumeClaim) bool {
				return name == p.Name+"-"+s.Name+"-0"
			})
		})
}

// secret checks that a secret is made, where this folder makes any: a vault may make them elsewhere.
func (c *cluster) secret(called string, w workload, name string, optional *bool) {
	made := has(c, func(*core.Secret) bool { return true })
	if made && (optional == nil || !*optional) && !has(c, func(s *core.Secret) bool { return s.Name == name && s.Namespace == w.namespace }) {
		c.wrongf("%s: there is no secret %s", called, name)
	}
}
