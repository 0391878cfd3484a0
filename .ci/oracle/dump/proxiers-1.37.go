package main

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy/iptables"
	"k8s.io/kubernetes/pkg/proxy/ipvs"
	"k8s.io/kubernetes/pkg/proxy/nftables"
	iptablestest "k8s.io/kubernetes/pkg/util/iptables/testing"
)

// How proxiers are created from 1.37 on: they take from the whole configuration what they need.

// kube-proxy no longer asks whether iptables knows --random-fully.
func masqueradeFully(*iptablestest.FakeIPTables) {}

func newIPTables(made *parts, family v1.IPFamily, rules *keeper) (*iptables.Proxier, error) {
	return iptables.NewProxier(made.ctx, made.settings.Config, family, rules, made.sysctl,
		made.settings.LocalDetectors[family], made.in.Node.Name, made.settings.NodeIPs[family], nil, nil, false)
}

func newNFTables(made *parts, family v1.IPFamily) (*nftables.Proxier, error) {
	return nftables.NewProxier(made.ctx, made.settings.Config, family,
		made.settings.LocalDetectors[family], made.in.Node.Name, made.settings.NodeIPs[family], nil, nil, false)
}

func newIPVS(made *parts, family v1.IPFamily, kept *ipvsKept) (*ipvs.Proxier, error) {
	return ipvs.NewProxier(made.ctx, made.settings.Config, family, kept.rules, kept.servers, kept.sets, made.sysctl,
		made.settings.LocalDetectors[family], made.in.Node.Name, made.settings.NodeIPs[family], nil, nil, false)
}
