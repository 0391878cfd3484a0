package ipvs

import (
	"k8s.io/kubernetes/pkg/proxy/conntrack"
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
)

// OracleDevice is the interface that holds the addresses of Services.
const OracleDevice = defaultDummyDevice

// Detach keeps a proxier off this machine's own addresses, connections and ports.
func (proxier *Proxier) Detach(network proxyutil.NetworkInterfacer, handle NetLinkHandle) {
	proxier.networkInterfacer = network
	proxier.netlinkHandle = handle
	proxier.conntrack = conntrack.NewFake()
	proxier.serviceHealthServer = healthcheck.NewFakeServiceHealthServer()
}
