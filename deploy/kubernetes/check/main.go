// Check builds Kustomize folders and says what a cluster would refuse, or what we promise and do not keep, a line each:
//
//	check FOLDER...
//
// It decodes each object strictly into the types of the Kubernetes API: a misspelt field is an error. It needs no cluster and no network. It is
// a module of its own, so that nothing of ours depends on Kubernetes.
package main

import (
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
)

func main() {
	if wrong := run(os.Args[1:], os.Stdout); wrong > 0 {
		os.Exit(1)
	}
}

// run checks the folders and returns how much is wrong.
func run(folders []string, out io.Writer) (wrong int) {
	for _, folder := range folders {
		objects, problems := build(folder)
		if len(problems) == 0 {
			problems = judge(objects)
		}
		for _, p := range problems {
			fmt.Fprintf(out, "%s: %s\n", folder, p)
		}
		wrong += len(problems)
		fmt.Fprintf(out, "%s: %d objects\n", folder, len(objects))
	}
	return wrong
}

// build makes a folder's objects, as kubectl apply -k would send them.
func build(folder string) (objects []runtime.Object, problems []string) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{apps.AddToScheme, batch.AddToScheme, core.AddToScheme, networking.AddToScheme, policy.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, []string{err.Error()}
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, []string{err.Error()}
	}
	for _, r := range resources.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			return nil, []string{err.Error()}
		}
		object, _, err := decoder.Decode(text, nil, nil)
		if err != nil {
			problems = append(problems, fmt.Sprintf("%s %s: %v", r.GetKind(), r.GetName(), err))
			continue
		}
		objects = append(objects, object)
	}
	return objects, problems
}
