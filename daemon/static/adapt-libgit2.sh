#!/bin/sh
# SPDX-License-Identifier: MIT
# adapt-libgit2.sh AR NM OBJCOPY ARCHIVE OUTPUT: writes a copy of libgit2.a
# - in which each global name that begins with "git_" begins with "static_git_" instead, where
#   it is defined and where libgit2 itself uses it;
# - without ssh, which would bring OpenSSL, and without Kerberos logins to HTTP servers, because
#   Debian has no static library for them. savecast uses no remote repository.
set -eu
names=$(mktemp)
trap 'rm -f "$names"' EXIT
cp "$4" "$5"
"$1" d "$5" ssh.c.o auth_negotiate.c.o
"$2" --extern-only --format=posix "$5" 2>/dev/null | awk '/^git_/ { print $1, "static_" $1 }' | sort -u >"$names"
[ -s "$names" ] || { echo "$4: has no names that begin with git_" >&2; exit 1; }
"$3" --redefine-syms="$names" --weaken-symbol=static_git_http_auth_negotiate \
	--weaken-symbol=static_git_smart_subtransport_ssh "$5"
