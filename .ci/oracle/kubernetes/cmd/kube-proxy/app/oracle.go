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
	config.NodePortAddresses = oracleNodePortAddresses(config.NodePortAddresses, nodeIPs)
	detectors := getLocalDetectors(klog.FromContext(ctx), primary, config, node.Spec.PodCIDRs)
	return &OracleSettings{Config: config, NodeIPs: nodeIPs, LocalDetectors: detectors}, nil
}
