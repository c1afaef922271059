#!/bin/bash
# SPDX-License-Identifier: MIT
#
# PHP 8.2 (Debian 12), `php -S`: the development server answers with the old code for about 2 s after
# a save. It is the cli's binary, but opcache treats it as a server: `opcache.enable_cli=0`, which
# is the default, does not disable the cache, and `opcache.revalidate_freq` is 2 s by default. With
# `opcache.enable=0` the new code is used immediately.
#
# Seen, 5 saves each, a request every 20 ms, on a busy machine:
#   old answers after a save, longest of 5: enable_cli=0 2233 ms, enable=0 203 ms
set -euo pipefail

folder=$(mktemp -d)
pid=
finish() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
# Debian's packages, beside the system, at the version that Debian 12 has.
apt-get download --quiet php8.2-cli php8.2-opcache >/dev/null 2>&1
for package in ./*.deb; do dpkg -x "$package" .; done
php=$folder/usr/bin/php8.2
opcache=$(find "$folder/usr/lib/php" -name opcache.so)
[[ "$("$php" -n --version)" = "PHP 8.2."* ]]

# longest SETTINGS...: how long old answers lasted, the longest of 5 saves, in ms
longest() {
	local port=$((20000 + RANDOM % 20000)) longest=0
	echo '<?php echo "v0";' >index.php
	"$php" -n -d "zend_extension=$opcache" "$@" -S "127.0.0.1:$port" >log 2>&1 &
	pid=$!
	for _ in $(seq 200); do
		curl -s "http://127.0.0.1:$port/" >/dev/null && break
		sleep 0.05
	done
	# A file that was written less than 2 s ago is not cached at all.
	sleep 3.5
	for round in 1 2 3 4 5; do
		for _ in $(seq 25); do curl -s "http://127.0.0.1:$port/" >/dev/null; sleep 0.02; done
		echo "<?php echo \"v$round\";" >index.php
		local saved
		saved=$(date +%s%N)
		until [ "$(curl -s "http://127.0.0.1:$port/")" = "v$round" ]; do sleep 0.02; done
		local took=$((($(date +%s%N) - saved) / 1000000))
		[ "$took" -le "$longest" ] || longest=$took
		sleep 3.3
	done
	kill "$pid"
	wait "$pid" 2>/dev/null || true
	pid=
	echo "$longest"
}

cached=$(longest -d opcache.enable_cli=0)
plain=$(longest -d opcache.enable=0)
echo "old answers after a save, longest of 5: enable_cli=0 $cached ms, enable=0 $plain ms"
[ "$cached" -gt 300 ] || { echo "CHANGED: no old answers with enable_cli=0"; exit 1; }
[ "$cached" -gt $((2 * plain)) ] || { echo "CHANGED: opcache makes no difference"; exit 1; }
