import test from 'ava';
import {METALLB_VERSION} from '../parts.ts';
import {withOwnImages} from './metallb.ts';

const manifest = (...names: readonly string[]): string =>
	names.map(name => `        image: registry.example/metallb/${name}:v${METALLB_VERSION}\n`).join('');

test("MetalLB's manifest gets our images, and nothing else of it changes", t => {
	t.is(
		withOwnImages(`a: 1\n${manifest('controller', 'speaker')}b: 2\n`),
		`a: 1
        image: localhost/vipcheck/metallb-controller:v${METALLB_VERSION}
        image: localhost/vipcheck/metallb-speaker:v${METALLB_VERSION}
b: 2
`,
	);
});

test('a manifest with other images is not one that we can use', t => {
	t.throws(() => withOwnImages(manifest('controller')), {message: /image metallb\/speaker:v\S+ once$/});
	t.throws(() => withOwnImages(manifest('controller', 'speaker', 'speaker')), {message: /once/});
});
