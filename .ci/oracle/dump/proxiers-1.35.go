package main

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy/iptables"
	"k8s.io/kubernetes/pkg/proxy/ipvs"
	"k8s.io/kubernetes/pkg/proxy/nftables"
	iptablestest "k8s.io/kubernetes/pkg/util/iptables/testing"
)

// How proxiers are created up to 1.36: they are given each setting by itself.

// Every iptables of today knows --random-fully.
func masqueradeFully(fake *iptablestest.FakeIPTables) {
	fake.SetHasRandomFully(true)
}

func newIPTables(made *parts, family v1.IPFamily, rules *keeper) (*iptables.Proxier, error) {
	config := made.settings.Config
	// As NewDualStackProxier does: localhost is IPv4's alone.
	return iptables.NewProxier(made.ctx, family, rules, made.sysctl, config.SyncPeriod.Duration, config.MinSyncPeriod.Duration,
		config.Linux.MasqueradeAll, family == v1.IPv4Protocol && *config.IPTables.LocalhostNodePorts, int(*config.IPTables.MasqueradeBit),
		made.settings.LocalDetectors[family], made.in.Node.Name, made.settings.NodeIPs[family], nil, nil, config.NodePortAddresses, false)
}

func newNFTables(made *parts, family v1.IPFamily) (*nftables.Proxier, error) {
	config := made.settings.Config
	return nftables.NewProxier(made.ctx, family, config.SyncPeriod.Duration, config.MinSyncPeriod.Duration,
		config.Linux.MasqueradeAll, int(*config.NFTables.MasqueradeBit),
		made.settings.LocalDetectors[family], made.in.Node.Name, made.settings.NodeIPs[family], nil, nil, config.NodePortAddresses, false)
}

func newIPVS(made *parts, family v1.IPFamily, kept *ipvsKept) (*ipvs.Proxier, error) {
	config := made.settings.Config
	return ipvs.NewProxier(made.ctx, family, kept.rules, kept.servers, kept.sets, made.sysctl, config.SyncPeriod.Duration, config.MinSyncPeriod.Duration,
		config.IPVS.ExcludeCIDRs, config.IPVS.StrictARP, 0, 0, 0,
		config.Linux.MasqueradeAll, int(*config.IPTables.MasqueradeBit),
		made.settings.LocalDetectors[family], made.in.Node.Name, made.settings.NodeIPs[family], nil, nil, config.IPVS.Scheduler, config.NodePortAddresses, false)
}
