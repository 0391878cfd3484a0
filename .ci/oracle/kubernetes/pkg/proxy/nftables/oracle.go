package nftables

import (
	"k8s.io/kubernetes/pkg/proxy/conntrack"
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
)

// Detach keeps a proxier off this machine's own addresses, connections and ports.
func (proxier *Proxier) Detach(network proxyutil.NetworkInterfacer) {
	proxier.networkInterfacer = network
	proxier.conntrack = conntrack.NewFake()
	proxier.serviceHealthServer = healthcheck.NewFakeServiceHealthServer()
}
