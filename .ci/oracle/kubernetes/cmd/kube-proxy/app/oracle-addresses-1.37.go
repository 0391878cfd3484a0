package app

import (
	"net"

	v1 "k8s.io/api/core/v1"
)

func oracleNodePortAddresses(addresses []string, nodeIPs map[v1.IPFamily]net.IP) []string {
	return expandNodePortAddressKeywords(addresses, nodeIPs)
}
