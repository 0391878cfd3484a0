package main

import (
	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	"k8s.io/kubernetes/pkg/proxy/apis"
)

// The selectors of kube-proxy's informers, which only a cluster evaluates (ProxyServer.Run of cmd/kube-proxy/app/server.go, 1.36).

func isWatchedService(service *v1.Service) bool {
	_, isForOther := service.Labels[apis.LabelServiceProxyName]
	return !isForOther && service.Spec.ClusterIP != v1.ClusterIPNone
}

func isWatchedSlice(slice *discovery.EndpointSlice) bool {
	_, isHeadless := slice.Labels[v1.IsHeadlessService]
	return !isHeadless
}
