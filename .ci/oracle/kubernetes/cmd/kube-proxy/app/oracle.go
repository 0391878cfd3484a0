package app

import (
	"context"
	"fmt"
	"net"

	v1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	kubeproxyconfig "k8s.io/kubernetes/pkg/proxy/apis/config"
	"k8s.io/kubernetes/pkg/proxy/apis/config/validation"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
	utilnode "k8s.io/kubernetes/pkg/util/node"
)

// OracleSettings is what newProxyServer works out before it creates a proxier.
type OracleSettings struct {
	Config         *kubeproxyconfig.KubeProxyConfiguration
	NodeIPs        map[v1.IPFamily]net.IP
	LocalDetectors map[v1.IPFamily]proxyutil.LocalTrafficDetector
}

// OracleSettingsOf reads a configuration as kube-proxy reads its file, for one node.
func OracleSettingsOf(ctx context.Context, configuration []byte, node *v1.Node) (*OracleSettings, error) {
	options := NewOptions()
	config, err := options.loadConfig(configuration)
	if err != nil {
		return nil, err
	}
	options.platformApplyDefaults(config)
	if errs := validation.Validate(config); len(errs) > 0 {
		return nil, fmt.Errorf("configuration: %w", errs.ToAggregate())
	}
	rawNodeIPs, _ := utilnode.GetNodeHostIPs(node)
	primary, nodeIPs := detectNodeIPs(ctx, rawNodeIPs, config.BindAddress)
	// As in newProxyServer, which cannot be called without a cluster.
	if len(config.NodePortAddresses) == 1 && config.NodePortAddresses[0] == kubeproxyconfig.NodePortAddressesPrimary {
		config.NodePortAddresses = nil
		for _, each := range []struct {
			family v1.IPFamily
			length int
		}{{v1.IPv4Protocol, 32}, {v1.IPv6Protocol, 128}} {
			if ip := nodeIPs[each.family]; ip != nil && !ip.IsLoopback() {
				config.NodePortAddresses = append(config.NodePortAddresses, fmt.Sprintf("%s/%d", ip, each.length))
			}
		}
	}
	detectors := getLocalDetectors(klog.FromContext(ctx), primary, config, node.Spec.PodCIDRs)
	return &OracleSettings{Config: config, NodeIPs: nodeIPs, LocalDetectors: detectors}, nil
}
