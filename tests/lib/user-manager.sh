#!/bin/bash
# SPDX-License-Identifier: MIT
# user-manager.sh RUN USER: a real `systemd --user` of USER in namespaces of its own,
# with RUN as its runtime folder, until standard input ends. To be run as root; needs
# no systemd as process 1. Prints "up" once it is.
set -euo pipefail
[ $# -eq 2 ]
export RUN=$1 WHO=$2

# shellcheck disable=SC2016
exec unshare --mount --propagation private --pid --fork --kill-child --mount-proc bash -euc '
	# For sd_booted(), and for the mounts of units.
	mount -t tmpfs -o mode=755 tmpfs /run
	mkdir -p /run/systemd/system /run/systemd/unit-root /run/systemd/inaccessible
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	slice=/sys/fs/cgroup/savecast-test-$(basename "$(dirname "$RUN")").slice
	mkdir -p "$slice/manager" "$slice/outside"
	chown -R "$WHO": "$slice"
	echo $$ >"$slice/manager/cgroup.procs"
	env -i HOME="$(dirname "$RUN")/home" USER="$WHO" LOGNAME="$WHO" SHELL=/bin/sh \
		PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR="$RUN" \
		DBUS_SESSION_BUS_ADDRESS="unix:path=$RUN/bus" \
		XDG_CONFIG_HOME="$(dirname "$RUN")/config" XDG_STATE_HOME="$(dirname "$RUN")/state" \
		XDG_DATA_HOME="$(dirname "$RUN")/data" \
		setpriv --reuid="$WHO" --regid="$(id -g "$WHO")" --clear-groups \
		/lib/systemd/systemd --user --log-target=console >&2 &
	manager=$!
	echo $$ >"$slice/outside/cgroup.procs"
	for _ in $(seq 200); do
		if [ -S "$RUN/systemd/private" ]; then break; fi
		kill -0 $manager
		sleep 0.05
	done
	echo up
	cat >/dev/null || true
	kill -s RTMIN+24 $manager || true
	wait $manager || true
	echo $$ >/sys/fs/cgroup/cgroup.procs
	# Everything that it started ends with the pid namespace; its cgroups are empty then.
	(find "$slice" -depth -type d -exec rmdir {} + || true) 2>/dev/null
'
