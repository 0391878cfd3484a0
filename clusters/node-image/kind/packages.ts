/**
 * What a machine of kind has beyond a machine of the embedded cluster: an init, and what kind's entrypoint calls
 * (images/base/Dockerfile of its module).
 */
export const KIND_PACKAGES: readonly string[] = ['systemd', 'systemd-sysv', 'dbus', 'dpkg', 'jq'];
