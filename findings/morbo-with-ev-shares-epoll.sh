#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Mojolicious 9.31 and EV 4.33 (Debian 12, which installs both together), morbo: the manager seems to accept
# connections. It creates the event loop before it forks its worker, and EV does not create the epoll set
# again in the worker, so that the two share one: what the worker adds to it, /proc/PID/fdinfo shows for
# both, also in the manager that sleeps between its looks at the files and never waits for the set. A tool that finds
# the process that serves by the epoll sets that have the listening socket finds the manager, and does not see that
# the worker was replaced. The function that the process sleeps in (/proc/PID/wchan) tells them apart. With
# Mojo's own loop (MOJO_REACTOR=Mojo::Reactor::Poll) neither has such a set.
#
# Seen, 3 of 3:
#   EV: the socket is in a set of the manager, which sleeps in hrtimer_nanosleep; and of the worker, in do_epoll_wait
#   Mojo::Reactor::Poll: in no set
set -euo pipefail

folder=$(mktemp -d)
pid=
finish() {
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true
	rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
apt-get download --quiet libmojolicious-perl libev-perl libcommon-sense-perl >/dev/null 2>&1
for package in ./*.deb; do
	dpkg -x "$package" .
done
find usr/share/perl5 -xtype l -delete # scripts of other packages, which its own pages use
export PERL5LIB=$folder/usr/share/perl5 MOJO_MODE=development
for modules in "$folder"/usr/lib/*/perl5/*; do
	PERL5LIB+=:$modules
done
[[ "$(perl -MMojolicious -MEV -e 'print Mojolicious->VERSION, " ", EV->VERSION')" = "9.31 4.33" ]] || {
	echo "not Mojolicious 9.31 with EV 4.33"
	exit 1
}
cat >app.pl <<'PL'
use Mojolicious::Lite;
get '/' => { text => 'ready' };
app->start;
PL

# in_a_set PID: whether one of its epoll sets has its listening socket.
in_a_set() {
	local fd socket
	for fd in "/proc/$1/fd"/*; do
		case $(readlink "$fd") in
		"socket:[$inode]") socket=${fd##*/} ;;
		esac
	done
	grep -hqs "^tfd: *$socket " "/proc/$1/fdinfo"/*
}

# look REACTOR: prints for the manager and the worker whether the socket is in a set, and where each sleeps.
look() {
	local port=$((20000 + RANDOM % 20000)) worker inode process found=
	MOJO_REACTOR=$1 usr/bin/morbo -l "http://127.0.0.1:$port" app.pl >log 2>&1 &
	pid=$!
	for _ in $(seq 600); do
		[ "$(curl -s --max-time 1 "http://127.0.0.1:$port/" || true)" = ready ] && break
		sleep 0.05
	done
	worker=$(pgrep -P "$pid")
	inode=$(awk -v port="$(printf '%04X' "$port")" '$2 ~ ":" port "$" && $4 == "0A" { print $10 }' /proc/net/tcp)
	for process in $pid $worker; do
		if in_a_set "$process"; then found+="in a set, "; else found+="in no set, "; fi
	done
	echo "$1: manager, worker: ${found%, }; manager sleeps in $(cat "/proc/$pid/wchan"), worker in $(cat "/proc/$worker/wchan")"
	kill -KILL "$pid" "$worker"
	wait "$pid" 2>/dev/null || true
	pid=
	seen=$found
}

look Mojo::Reactor::EV
[ "$seen" = "in a set, in a set, " ] || { echo "CHANGED: the manager does not share the set"; exit 1; }
look Mojo::Reactor::Poll
[ "$seen" = "in no set, in no set, " ] || { echo "CHANGED: Mojo's own loop uses epoll"; exit 1; }
