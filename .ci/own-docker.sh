# Sourced by .ci/kind and .ci/k3d, which prove a provider for real without a registry: a node image of our own parts, clusters by the provider's
# own CLI on a Docker daemon of our own, smoke checks.
clusters=${XDG_CACHE_HOME:-$HOME/.cache}/vipcheck/clusters

# beside_docker SCRIPT ARGUMENTS...: goes on where SCRIPT runs beside a Docker daemon of its own, and starts it there otherwise.
beside_docker() {
	if [ "${VIPCHECK_CI_DOCKER:-}" != inside ]; then
		mkdir -p "$clusters"
		VIPCHECK_CI_DOCKER=inside exec .ci/with-docker "$@"
	fi
	# Their owners are processes that nobody else sees: nor shall anybody else take them for what a killed run left.
	mount -t tmpfs tmpfs "$clusters"
}

# refused LINE COMMAND...: what cannot be is refused in one line, within ten seconds; a machine that is busy with other things gets more.
refused() {
	local line=$1 said status=0 start=$SECONDS
	shift
	said=$(timeout 25 "$@" 2>&1 > /dev/null) || status=$?
	if [ "$status" -ne 2 ] || [ "$(wc -l <<< "$said")" -ne 1 ] || ! grep -q "$line" <<< "$said"; then
		echo "not refused as it should be (exit $status): $said"
		exit 1
	fi
	echo "refused after $((SECONDS - start)) s: $said"
}

# saying NAME VERSION: a folder with a program of that name that says that version, and nothing else.
saying() {
	local dir
	dir=$(mktemp -d)
	printf '#!/bin/sh\necho %s\n' "$2" > "$dir/$1"
	chmod +x "$dir/$1"
	echo "$dir"
}

# nothing_left WHAT LIST...: fails where LIST prints anything.
nothing_left() {
	local what=$1 left
	shift
	left=$("$@")
	[ -z "$left" ] || { echo "$what are left: $left"; exit 1; }
}
