package resource

// table is every kind by its name.
func table() map[string]Kind {
	return map[string]Kind{
		KindProject:     projects{},
		KindKeyPair:     keyPairs{},
		KindServerGroup: serverGroups{},
		KindNetwork:     networkKind(),
		KindSubnet:      subnetKind(),
		KindRouter:      routerKind(),
		KindRouterPort:  routerPortKind(),
		KindSecGroup:    secGroupKind(),
		KindVolume:      volumes{},
		KindServer:      servers{},
		KindAttachment:  attachments{},
		KindFloatingIP:  floatingIPKind(),
		KindStack:       stacks{},
	}
}
