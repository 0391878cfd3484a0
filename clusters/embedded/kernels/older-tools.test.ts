import test from 'ava';
import {parseAllDocuments} from 'yaml';
import {withOlderTools} from './older-tools.ts';

const MANIFEST = `---
apiVersion: v1
kind: ConfigMap
metadata:
  name: kube-proxy
data:
  config.conf: |-
    mode: ipvs
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: kube-proxy
spec:
  template:
    spec:
      hostNetwork: true
      containers:
      - name: kube-proxy
        command: [/usr/local/bin/kube-proxy]
        env:
        - name: NODE_NAME
          valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
`;

test('kube-proxy gets the older tools first in its PATH and a share of the processor, and all else of the manifest stays', t => {
	const [before, after] = [MANIFEST, withOlderTools(MANIFEST)].map(text =>
		parseAllDocuments(text).map(document => document.toJS() as object),
	);
	t.deepEqual(after?.[0], before?.[0]);
	t.like(after?.[1], {
		kind: 'DaemonSet',
		spec: {
			template: {
				spec: {
					hostNetwork: true,
					containers: [
						{
							resources: {requests: {cpu: '400m'}},
							command: ['/usr/local/bin/kube-proxy'],
							env: [
								{name: 'NODE_NAME'},
								{
									name: 'PATH',
									value: '/usr/lib/iptables-legacy:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
								},
							],
						},
					],
				},
			},
		},
	});
});
