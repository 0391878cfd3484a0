package main

import (
	"fmt"
	"net"
	"sort"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy"
	"k8s.io/kubernetes/pkg/proxy/ipvs"
	ipsettest "k8s.io/kubernetes/pkg/proxy/ipvs/ipset/testing"
	netlinktest "k8s.io/kubernetes/pkg/proxy/ipvs/testing"
	utilipvs "k8s.io/kubernetes/pkg/proxy/ipvs/util"
	ipvstest "k8s.io/kubernetes/pkg/proxy/ipvs/util/testing"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
)

// What kube-proxy leaves in one family, kept by its own fakes: a kernel with IPVS is not needed.
type ipvsKept struct {
	rules   *keeper
	sets    *ipsettest.FakeIPSet
	servers *ipvstest.FakeIPVS
	links   *netlinktest.FakeNetlinkHandle
}

// Interfaces of a node with those of kube-ipvs0, which NodePorts are served on too where nodePortAddresses holds them.
type withBound struct {
	proxyutil.NetworkInterfacer
	all map[v1.IPFamily]*ipvsKept
}

func (w withBound) InterfaceAddrs() ([]net.Addr, error) {
	addrs, err := w.NetworkInterfacer.InterfaceAddrs()
	for _, kept := range w.all {
		bound, _ := kept.links.ListBindAddress(ipvs.OracleDevice)
		for _, text := range bound {
			addrs = append(addrs, &net.IPNet{IP: net.ParseIP(text)})
		}
	}
	return addrs, err
}

func keepIPVS(made *parts, family v1.IPFamily, network proxyutil.NetworkInterfacer) (*ipvsKept, proxy.Provider, error) {
	kept := &ipvsKept{newKeeper(family), ipsettest.NewFake("7.17"), ipvstest.NewFake(), netlinktest.NewFakeNetlinkHandle(family == v1.IPv6Protocol)}
	if err := kept.rules.ensureKubelets(); err != nil {
		return nil, nil, err
	}
	if err := kept.links.SetLocalAddresses("eth0", made.in.Addresses...); err != nil {
		return nil, nil, err
	}
	proxier, err := newIPVS(made, family, kept)
	if err != nil {
		return nil, nil, err
	}
	proxier.Detach(network, kept.links)
	return kept, proxier, nil
}

func ipvsFiles(made *parts) (map[string]string, error) {
	all := map[v1.IPFamily]*ipvsKept{}
	proxiers := map[v1.IPFamily]proxy.Provider{}
	for _, family := range families {
		kept, proxier, err := keepIPVS(made, family, withBound{made.network, all})
		if err != nil {
			return nil, err
		}
		all[family], proxiers[family] = kept, proxier
	}
	// What is bound to kube-ipvs0 counts from the second time on, which comes half a minute later.
	sync(made.in, proxiers).OnEndpointSlicesSynced()
	files := map[string]string{}
	for family, rules := range map[v1.IPFamily]string{v1.IPv4Protocol: "iptables", v1.IPv6Protocol: "ip6tables"} {
		addresses, err := all[family].links.ListBindAddress(ipvs.OracleDevice)
		if err != nil {
			return nil, err
		}
		sort.Strings(addresses)
		files[rules+"-addresses"] = strings.Join(append(addresses, ""), "\n")
		files["ipset"] += savedSets(all[family].sets)
		files["ipvs"] += savedServers(all[family].servers)
	}
	// The rules ask for the sets.
	sets, err := restoredSets(files["ipset"])
	if err != nil {
		return nil, err
	}
	files["ipset"] = sets
	for _, family := range families {
		text, err := all[family].rules.savedWithout(ipvsMatch)
		if err != nil {
			return nil, err
		}
		files[map[v1.IPFamily]string{v1.IPv4Protocol: "iptables", v1.IPv6Protocol: "ip6tables"}[family]] = text
	}
	return files, nil
}

// As ipvsadm-save -n prints virtual servers.
func savedServers(fake *ipvstest.FakeIPVS) string {
	var blocks []string
	for key, server := range fake.Services {
		at := fmt.Sprintf("-%s %s", map[string]string{"TCP": "t", "UDP": "u", "SCTP": "-sctp-service"}[server.Protocol], joined(server.Address.String(), server.Port))
		block := fmt.Sprintf("-A %s -s %s", at, server.Scheduler)
		if server.Flags&utilipvs.FlagPersistent != 0 {
			block += fmt.Sprintf(" -p %d", server.Timeout)
		}
		if server.Flags&utilipvs.FlagSourceHash != 0 {
			block += fmt.Sprintf(" -b %s-port", server.Scheduler)
		}
		block += "\n"
		for _, real := range fake.Destinations[key] {
			block += fmt.Sprintf("-a %s -r %s -m -w %d\n", at, joined(real.Address.String(), real.Port), real.Weight)
		}
		blocks = append(blocks, block)
	}
	sort.Strings(blocks)
	return strings.Join(blocks, "")
}

func joined(ip string, port uint16) string {
	if strings.Contains(ip, ":") {
		return fmt.Sprintf("[%s]:%d", ip, port)
	}
	return fmt.Sprintf("%s:%d", ip, port)
}
