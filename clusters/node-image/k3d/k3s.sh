#!/bin/bash
# Stands in for k3s where its image cannot be had: upstream Kubernetes behind as much of k3s' command line, environment, files and log lines as
# k3d asks for. It shows whether what makes clusters by k3d works, and nothing about k3s: kube-proxy is a process of its own here, the pod
# network is routes, and there is no servicelb, traefik or policy controller to be switched off.
set -euo pipefail
case ${1:-} in
	server | agent) role=$1 ;;
	# The container that k3d has beside a cluster for its own use.
	noop) exec sleep infinity ;;
	*) echo "this stands in for k3s: it knows server and agent, not '${1:-}'" >&2; exit 2 ;;
esac
shift
proxy=() bootstrap=() names=('"127.0.0.1"' '"localhost"')
while [ $# -gt 0 ]; do
	case $1 in
		--kube-proxy-arg=*) proxy+=("--${1#*=}") ;;
		--tls-san) names+=("\"$2\""); shift ;;
	esac
	shift
done

here=/usr/lib/k3s-stand-in
# shellcheck source=/dev/null
. $here/settings.sh
data=/var/lib/rancher/k3s pki=/etc/kubernetes/pki kubelet=/etc/kubernetes/kubelet.conf
admin=/etc/kubernetes/super-admin.conf config=/etc/kubernetes/kubeadm.yaml manifest=$data/server/manifests/coredns.yaml
hash=$(sha256sum <<< "$K3S_TOKEN")
token=${hash:0:6}.${hash:6:16}
address=$(ip -4 -o address show dev eth0 | awk '{sub("/.*", "", $4); print $4; exit}')
mkdir -p "$data/agent" "$data/server/db" "${manifest%/*}" "$pki" /etc/rancher/k3s /output
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
$here/host-settings.sh true

say() { echo "level=info msg=\"$*\""; }
daemon() { local name=$1; shift; "$@" >> "/var/log/$name.log" 2>&1 & }
until_so() { local what=$1; shift; say "Waiting until $what"; until "$@" > /dev/null 2>&1; do sleep 0.3; done; }
answers() { curl --silent --insecure --fail --max-time 5 --output /dev/null "$1"; }

if [ ! -d "$data/agent/containerd" ]; then
	cp -a $here/containerd "$data/agent/containerd.new"
	mv "$data/agent/containerd.new" "$data/agent/containerd"
fi
daemon containerd containerd --config $here/containerd.toml --root "$data/agent/containerd"

bindings() {
	cat <<-'END'
		apiVersion: rbac.authorization.k8s.io/v1
		kind: ClusterRoleBinding
		metadata: {name: kubeadm:cluster-admins}
		roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
		subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: kubeadm:cluster-admins}]
		---
		apiVersion: rbac.authorization.k8s.io/v1
		kind: ClusterRoleBinding
		metadata: {name: stand-in:apiserver-kubelet}
		roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:kubelet-api-admin}
		subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: kube-apiserver-kubelet-client}]
		---
		# kube-proxy and the pod network ask in the name of their node.
		apiVersion: rbac.authorization.k8s.io/v1
		kind: ClusterRoleBinding
		metadata: {name: stand-in:node-proxier}
		roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:node-proxier}
		subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:nodes}]
	END
}

kubeadm_config() {
	cat <<-END
		apiVersion: kubeadm.k8s.io/v1beta4
		kind: InitConfiguration
		localAPIEndpoint: {advertiseAddress: $address, bindPort: 6443}
		nodeRegistration: {name: $HOSTNAME, criSocket: unix:///run/containerd/containerd.sock}
		bootstrapTokens: [{token: $token, ttl: 0s}]
		---
		apiVersion: kubeadm.k8s.io/v1beta4
		kind: ClusterConfiguration
		kubernetesVersion: v$KUBERNETES
		encryptionAlgorithm: ECDSA-P256
		imageRepository: $REPOSITORY
		dns: {imageRepository: $REPOSITORY, imageTag: v$COREDNS}
		networking: {podSubnet: $PODS, serviceSubnet: $SERVICES, dnsDomain: cluster.local}
		apiServer: {certSANs: [$(IFS=,; echo "${names[*]}")]}
		controllerManager: {extraArgs: [{name: leader-elect, value: "false"}, {name: kube-api-qps, value: "500"}, {name: kube-api-burst, value: "500"}]}
		scheduler: {extraArgs: [{name: leader-elect, value: "false"}]}
	END
}

# kubeadm's command line of a component; nothing else of its manifest counts.
component() {
	local words
	mapfile -t words < <(awk '/^  - command:/ {on = 1; next} on && /^    - / {print substr($0, 7); next} on {exit}' "/etc/kubernetes/components/$1.yaml")
	daemon "$1" "${words[@]}"
}

apply() { kubectl --kubeconfig $admin apply --server-side --force-conflicts --validate=false -f "$1" >> /var/log/apply.log 2>&1; }

# k3s applies what changes among its manifests: k3d writes the names of the cluster's containers into that of CoreDNS.
apply_manifests() {
	local applied=
	while :; do
		if [ "$applied" != "$(stat -c %y "$manifest")" ]; then
			applied=$(stat -c %y "$manifest")
			apply "$manifest" || applied=
			[ -z "$applied" ] || say 'Cluster dns configmap has been set successfully'
		fi
		sleep 1
	done
}

init() { kubeadm init phase "$@" --config $config >> /var/log/kubeadm.log 2>&1; }

server() {
	kubeadm_config > $config
	init certs all
	init kubeconfig all
	init control-plane all
	# No kubelet shall take them for its own.
	rm -rf /etc/kubernetes/components
	mv /etc/kubernetes/manifests /etc/kubernetes/components
	daemon etcd sh $here/etcd.sh
	for name in kube-apiserver kube-controller-manager kube-scheduler; do component $name; done
	until_so 'the API server answers' answers https://127.0.0.1:6443/readyz
	sed -E 's/kubernetes-super-admin(@kubernetes)?/default/; s/(name|cluster): kubernetes$/\1: default/; s#server: .*#server: https://127.0.0.1:6443#' \
		$admin > /output/kubeconfig.yaml
	ln -sf /output/kubeconfig.yaml "$KUBECONFIG"
	bindings > /etc/kubernetes/bindings.yaml
	apply /etc/kubernetes/bindings.yaml
	init bootstrap-token --kubeconfig $admin --skip-token-print
	[ -e "$manifest" ] || kubeadm init phase addon coredns --print-manifest --config $config --kubeconfig $admin > "$manifest"
	say 'k3s is up and running'
}

ca_of_server() {
	curl --silent --insecure --max-time 5 "$K3S_URL/api/v1/namespaces/kube-public/configmaps/cluster-info" |
		sed -n 's#.*certificate-authority-data: \([A-Za-z0-9+/=]*\).*#\1#p' | base64 -d > $pki/ca.crt
	[ -s $pki/ca.crt ]
}

agent() {
	until_so 'the server tells its certificate' ca_of_server
	cat > /etc/kubernetes/bootstrap.conf <<-END
		apiVersion: v1
		kind: Config
		clusters: [{name: default, cluster: {server: "$K3S_URL", certificate-authority: $pki/ca.crt}}]
		users: [{name: default, user: {token: $token}}]
		contexts: [{name: default, context: {cluster: default, user: default}}]
		current-context: default
	END
	ln -sf $kubelet "$KUBECONFIG"
	bootstrap=(--bootstrap-kubeconfig /etc/kubernetes/bootstrap.conf)
}

# Each pod has a link of its own to its node, the nodes have routes to each other's pods, and what leaves the pods' range has the node's address.
pod_network() {
	local name range via
	# The first connection of a pod to a Service would be tracked without the rules, and hang.
	until_so 'kube-proxy has rules' curl --silent --connect-timeout 1 --max-time 10 "http://$API:443/"
	until range=$(kubectl get node "$HOSTNAME" -o 'jsonpath={.spec.podCIDR}') && [ -n "$range" ]; do sleep 0.3; done
	nft -f - <<-END
		add table ip cni-masquerade
		delete table ip cni-masquerade
		table ip cni-masquerade {
			chain postrouting {
				type nat hook postrouting priority srcnat + 10; policy accept;
				ip saddr $PODS ip daddr != $PODS oifname "eth0" masquerade
			}
		}
	END
	cat > /etc/cni/net.d/10-stand-in.conflist.new <<-END
		{"cniVersion": "1.0.0", "name": "stand-in", "plugins": [
			{"type": "ptp", "ipMasq": false, "ipam": {
				"type": "host-local", "dataDir": "/run/cni-ipam", "ranges": [[{"subnet": "$range"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
			{"type": "portmap", "capabilities": {"portMappings": true}}]}
	END
	mv /etc/cni/net.d/10-stand-in.conflist.new /etc/cni/net.d/10-stand-in.conflist
	while :; do
		kubectl get nodes --watch --no-headers -o 'custom-columns=N:.metadata.name,R:.spec.podCIDR,A:.status.addresses[?(@.type=="InternalIP")].address' |
			while read -r name range via; do
				[ "$name" = "$HOSTNAME" ] || [ "$range" = '<none>' ] || [ "$via" = '<none>' ] || ip route replace "$range" via "$via"
			done || true
		sleep 1
	done
}

$role
until_so 'containerd answers' [ -S /run/containerd/containerd.sock ]
daemon kubelet kubelet --config $here/kubelet.yaml "${bootstrap[@]}" --kubeconfig $kubelet --hostname-override "$HOSTNAME" --node-ip "$address"
until_so 'the node is registered' kubectl --kubeconfig $kubelet get node "$HOSTNAME"
say "Successfully registered node $HOSTNAME"
daemon kube-proxy kube-proxy --kubeconfig $kubelet --hostname-override "$HOSTNAME" --cluster-cidr "$PODS" --conntrack-max-per-core 0 \
	--conntrack-tcp-timeout-established 0s --conntrack-tcp-timeout-close-wait 0s --proxy-mode iptables "${proxy[@]}"
daemon pod-network pod_network
if [ "$role" = server ]; then
	kubectl --kubeconfig $admin label --overwrite node "$HOSTNAME" node-role.kubernetes.io/control-plane=true > /dev/null
	apply_manifests &
fi
# One that ends takes the node down; it is started again.
wait -n
say 'a part of the node has ended; the last lines of all:'
tail -n 20 /var/log/*.log
exit 1
