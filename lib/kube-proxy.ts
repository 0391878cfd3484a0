/** kube-proxy's DaemonSet and its ConfigMap, as kubeadm, kind and most installers name them (cmd/kubeadm/app/phases/addons/proxy). */
export const KUBE_PROXY = {namespace: 'kube-system', name: 'kube-proxy'} as const;

/** Its pods, one on each node. */
export const KUBE_PROXY_PODS = {namespace: KUBE_PROXY.namespace, labelSelector: 'k8s-app=kube-proxy'} as const;
