package iptables

import (
	"k8s.io/kubernetes/pkg/proxy/conntrack"
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
)

// Detach keeps a proxier off this machine's own addresses, connections and ports; without nfacct as where the kernel has no xt_nfacct.
func (proxier *Proxier) Detach(network proxyutil.NetworkInterfacer, hasNfacct bool) {
	proxier.networkInterfacer = network
	proxier.conntrack = conntrack.NewFake()
	proxier.serviceHealthServer = healthcheck.NewFakeServiceHealthServer()
	if !hasNfacct {
		proxier.nfacct = nil
	}
}
