package app

import (
	"fmt"
	"net"

	v1 "k8s.io/api/core/v1"
	kubeproxyconfig "k8s.io/kubernetes/pkg/proxy/apis/config"
)

// As in newProxyServer up to 1.36, which cannot be called without a cluster.
func oracleNodePortAddresses(addresses []string, nodeIPs map[v1.IPFamily]net.IP) (expanded []string) {
	if len(addresses) != 1 || addresses[0] != kubeproxyconfig.NodePortAddressesPrimary {
		return addresses
	}
	for _, each := range []struct {
		family v1.IPFamily
		length int
	}{{v1.IPv4Protocol, 32}, {v1.IPv6Protocol, 128}} {
		if ip := nodeIPs[each.family]; ip != nil && !ip.IsLoopback() {
			expanded = append(expanded, fmt.Sprintf("%s/%d", ip, each.length))
		}
	}
	return expanded
}
