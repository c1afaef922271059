#!/bin/bash
# SPDX-License-Identifier: MIT
#
# libgit2 1.5.1 as Debian 12 builds it, with Mbed TLS: git_libgit2_init() reads and decodes all root
# certificates of the system (/etc/ssl/certs/ca-certificates.crt), although the program may only open
# local repositories and never a network connection. Where the package ca-certificates is installed, that is
# most of the call's time, and most of the start of a small program; there is no option against it, because
# git_libgit2_opts() works only after git_libgit2_init().
#
# Seen, 3 of 3, 140 certificates:
#   with the certificates: git_libgit2_init() takes 5 to 6 ms of CPU time
#   with an empty list in their place: below 1 ms
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Debian's packages, beside the system.
apt-get download --quiet libgit2-1.5 libgit2-dev ca-certificates >/dev/null 2>&1
for package in ./*.deb; do
	dpkg -x "$package" .
done
version=$(dpkg-deb --field ./libgit2-1.5_*.deb Version)
[[ "$version" = 1.5.1* ]] || {
	echo "libgit2 is $version, not 1.5.1"
	exit 1
}
certificates=/etc/ssl/certs/ca-certificates.crt
[ -s "$certificates" ] || {
	echo "$certificates is missing: install the package ca-certificates"
	exit 1
}
libraries=$(dirname "$(find "$folder" -name 'libgit2.so.1.5' -print -quit)")

cat >init.c <<'C'
#include <git2.h>
#include <stdio.h>
#include <time.h>

static double cpu_msec(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(void)
{
	double began = cpu_msec();

	git_libgit2_init();
	printf("%.2f\n", cpu_msec() - began);
	return 0;
}
C
gcc -o init init.c -I "$folder/usr/include" -L "$libraries" -l:libgit2.so.1.5 \
	-Wl,-rpath,"$libraries" -Wl,--allow-shlib-undefined

# median COMMAND...: of nine runs, in milliseconds.
median() {
	for _ in 1 2 3 4 5 6 7 8 9; do "$@"; done | sort -n | sed -n 5p
}
with=$(median ./init)
: >empty
without=$(median unshare --user --map-root-user --mount sh -c "mount --bind empty '$certificates' && ./init")

echo "libgit2 $version: git_libgit2_init() with $(grep -c BEGIN "$certificates") certificates: $with ms, without: $without ms"
awk -v with="$with" -v without="$without" 'BEGIN { exit !(with > 3 * without && with - without > 1) }' || {
	echo "this has changed"
	exit 1
}
