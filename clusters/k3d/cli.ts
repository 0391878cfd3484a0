import {join} from 'node:path';
import type {Cli} from '../containers/cli.ts';

export const K3D: Cli = {
	name: 'k3d',
	version: ['version'],
	// Older ones do not know the form of the configuration that they are given here.
	minimum: '5.5.0',
	goPackage: 'github.com/k3d-io/k3d/v5',
	module: join(import.meta.dirname, 'go'),
	// It asks for the image of its tools by its own version.
	flags: version => `-s -w -X github.com/k3d-io/k3d/v5/version.Version=v${version}`,
};
