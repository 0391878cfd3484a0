package main

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy"
)

// kube-proxy lists its tables before it makes them, and logs an error where there are none.
const emptyTables = "flush ruleset\nadd table ip kube-proxy\nadd table ip6 kube-proxy\n"

// Nothing is faked here: kube-proxy calls nft, and the kernel takes its rules or does not.
func nftablesFiles(made *parts) (map[string]string, error) {
	if _, err := run(emptyTables, "nft", "-f", "-"); err != nil {
		return nil, err
	}
	proxiers := map[v1.IPFamily]proxy.Provider{}
	for _, family := range families {
		proxier, err := newNFTables(made, family)
		if err != nil {
			return nil, err
		}
		proxier.Detach(made.network)
		proxiers[family] = proxier
	}
	sync(made.in, proxiers)
	ruleset, err := run("", "nft", "-j", "list", "ruleset")
	return map[string]string{"nft": ruleset}, err
}
