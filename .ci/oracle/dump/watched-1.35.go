package main

import (
	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	"k8s.io/kubernetes/pkg/proxy/apis"
)

// The selectors of kube-proxy's informers, which only a cluster evaluates (ProxyServer.Run of cmd/kube-proxy/app/server.go, 1.35): one for both kinds.

func isWatched(labels map[string]string) bool {
	_, isForOther := labels[apis.LabelServiceProxyName]
	_, isHeadless := labels[v1.IsHeadlessService]
	return !isForOther && !isHeadless
}

func isWatchedService(service *v1.Service) bool {
	return isWatched(service.Labels) && service.Spec.ClusterIP != v1.ClusterIPNone
}

func isWatchedSlice(slice *discovery.EndpointSlice) bool {
	return isWatched(slice.Labels)
}
