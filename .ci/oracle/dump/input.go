package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	sysctltest "k8s.io/component-helpers/node/util/sysctl/testing"
	"k8s.io/kubernetes/cmd/kube-proxy/app"
	"k8s.io/kubernetes/pkg/proxy"
	proxyconfig "k8s.io/kubernetes/pkg/proxy/apis/config"
	"k8s.io/kubernetes/pkg/proxy/metaproxier"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
	proxyutiltest "k8s.io/kubernetes/pkg/proxy/util/testing"
)

// What one kube-proxy sees.
type input struct {
	ID int `json:"id"`
	// A KubeProxyConfiguration, as in kube-proxy's file.
	Configuration json.RawMessage           `json:"configuration"`
	Node          v1.Node                   `json:"node"`
	Services      []v1.Service              `json:"services"`
	Slices        []discovery.EndpointSlice `json:"slices"`
	ServiceCIDRs  []string                  `json:"serviceCIDRs"`
	// Addresses of the node's interfaces beside loopback.
	Addresses    []string `json:"addresses"`
	TCPBeLiberal bool     `json:"tcpBeLiberal"`
	HasNfacct    bool     `json:"hasNfacct"`
}

// What the proxiers of both families are made of.
type parts struct {
	ctx      context.Context
	in       *input
	settings *app.OracleSettings
	sysctl   *sysctltest.Fake
	network  proxyutil.NetworkInterfacer
}

var families = []v1.IPFamily{v1.IPv4Protocol, v1.IPv6Protocol}

func networkOf(addresses []string) proxyutil.NetworkInterfacer {
	network := proxyutiltest.NewFakeNetwork()
	on := func(name string, texts ...string) {
		var addrs []net.Addr
		for _, text := range texts {
			addrs = append(addrs, &net.IPNet{IP: net.ParseIP(text), Mask: net.CIDRMask(24, 32)})
		}
		network.AddInterfaceAddr(&net.Interface{Name: name}, addrs)
	}
	on("lo", "127.0.0.1", "::1")
	on("eth0", addresses...)
	return network
}

// Both families, as on a node that has both; each of the two gets all objects through kube-proxy's own dispatch.
func sync(in *input, proxiers map[v1.IPFamily]proxy.Provider) proxy.Provider {
	both := metaproxier.NewMetaProxier(proxiers[v1.IPv4Protocol], proxiers[v1.IPv6Protocol])
	if zone, ok := in.Node.Labels[v1.LabelTopologyZone]; ok {
		both.OnTopologyChange(map[string]string{v1.LabelTopologyZone: zone})
	}
	both.OnServiceCIDRsChanged(in.ServiceCIDRs)
	for index := range in.Services {
		if isWatchedService(&in.Services[index]) {
			both.OnServiceAdd(&in.Services[index])
		}
	}
	for index := range in.Slices {
		if isWatchedSlice(&in.Slices[index]) {
			both.OnEndpointSliceAdd(&in.Slices[index])
		}
	}
	both.OnServiceSynced()
	both.OnEndpointSlicesSynced()
	return both
}

// Names of files and what a node's tools print: iptables, ip6tables (iptables-save), nft (nft -j list ruleset), and for ipvs ipset, ipvs and addresses.
func filesOf(in *input) (map[string]string, error) {
	ctx := context.Background()
	settings, err := app.OracleSettingsOf(ctx, in.Configuration, &in.Node)
	if err != nil {
		return nil, err
	}
	made := parts{ctx: ctx, in: in, settings: settings, sysctl: sysctltest.NewFake(), network: networkOf(in.Addresses)}
	if in.TCPBeLiberal || settings.Config.Linux.Conntrack.TCPBeLiberal {
		made.sysctl.Settings["net/netfilter/nf_conntrack_tcp_be_liberal"] = 1
	}
	switch settings.Config.Mode {
	case proxyconfig.ProxyModeIPTables:
		return iptablesFiles(&made)
	case proxyconfig.ProxyModeNFTables:
		return nftablesFiles(&made)
	case proxyconfig.ProxyModeIPVS:
		return ipvsFiles(&made)
	default:
		return nil, fmt.Errorf("no mode %q", settings.Config.Mode)
	}
}
