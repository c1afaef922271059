#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Mojolicious 9.31 (Debian 12), morbo: a tool cannot recognize it by its command line. It assigns the
# name of the application to $0, and perl writes that over the arguments and, with blanks, over the
# environment: /proc/PID/cmdline, /proc/PID/environ and the process name do not show morbo, neither
# for the manager nor for its worker. Only /proc/PID/exe remains, and that is perl.
#
# Seen: cmdline "app.pl", name "app.pl", no MOJO_ variable in environ, exe /usr/bin/perl, for both.
set -euo pipefail

folder=$(mktemp -d)
pid=
finish() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
apt-get download --quiet libmojolicious-perl >/dev/null 2>&1
dpkg -x ./*.deb .
find usr/share/perl5 -xtype l -delete # scripts of other packages, which its own pages use
export PERL5LIB=$folder/usr/share/perl5 MOJO_MODE=development
[[ "$(perl -MMojolicious -e 'print Mojolicious->VERSION')" = 9.31 ]] || { echo "not Mojolicious 9.31"; exit 1; }
cat >app.pl <<'PL'
use Mojolicious::Lite;
get '/' => { text => 'ready' };
app->start;
PL
port=$((20000 + RANDOM % 20000))
usr/bin/morbo -l "http://127.0.0.1:$port" app.pl >log 2>&1 &
pid=$!
for _ in $(seq 200); do
	[ "$(curl -s --max-time 1 "http://127.0.0.1:$port/" || true)" = ready ] && break
	sleep 0.05
done
worker=$(pgrep -P "$pid")
for process in $pid $worker; do
	line=$(tr '\0' ' ' <"/proc/$process/cmdline")
	echo "process $process: cmdline '${line%% }', exe $(readlink "/proc/$process/exe")"
	[[ "$line" = "app.pl"* && "$line" != *morbo* ]] || { echo "CHANGED: it keeps its arguments"; exit 1; }
	if grep -qa MOJO_MODE "/proc/$process/environ"; then echo "CHANGED: it keeps its environment"; exit 1; fi
	[[ "$(readlink "/proc/$process/exe")" = */perl ]]
done
