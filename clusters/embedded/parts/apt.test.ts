import test from 'ava';
import {suiteLine} from './apt.ts';

const line = (created: string, origin: string, codename: string, component: string, uri: string) =>
	[created, origin, codename, component, uri].join('|');
const MIRROR = 'http://mirror.test/debian/';
const BOOKWORM = [
	line('Packages', 'vendor', 'nodistro', 'main', 'http://other.test/'),
	line('Packages', 'Debian', 'bookworm-security', 'main', 'http://mirror.test/debian-security/'),
	line('Translations', 'Debian', 'bookworm', 'main', 'http://wrong.test/'),
	line('Packages', 'Debian', 'bookworm', 'contrib', 'http://wrong.test/'),
	line('Packages', 'Debian', 'bookworm', 'main', MIRROR),
];

test('another suite comes from where the host has its own main archive', t => {
	t.is(
		suiteLine(BOOKWORM.join('\n'), 'trixie'),
		`deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${MIRROR} trixie main\n`,
	);
});

test('no line where the host has the suite, or nothing of Debian', t => {
	t.is(suiteLine([...BOOKWORM, line('Packages', 'Debian', 'trixie', 'main', MIRROR)].join('\n'), 'trixie'), undefined);
	t.is(suiteLine(line('Packages', 'Ubuntu', 'noble', 'main', 'http://ubuntu.test/'), 'trixie'), undefined);
	t.is(suiteLine('', 'trixie'), undefined);
});
