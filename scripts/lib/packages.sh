# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The one list of Debian packages, and functions that install the missing ones.
# Source this file. Each line: the purpose (build, run, test, bench, package; static: static libraries;
# amd64, arm64: to compile for that architecture), the package, and, if something else can replace it,
# a command that succeeds if that is installed.

packages_list() {
	cat <<-'LIST'
		build gcc               command -v cc
		build libc6-dev
		build pkg-config        command -v pkg-config
		build meson             command -v meson
		build ninja-build       command -v ninja
		build libdbus-1-dev
		build libwebsockets-dev
		build libssl-dev
		build libgit2-dev
		build libjansson-dev
		build libsystemd-dev
		static libcap-dev
		static libhttp-parser-dev
		static libmbedtls-dev
		static libpcre2-dev
		static zlib1g-dev
		amd64 gcc-x86-64-linux-gnu command -v x86_64-linux-gnu-gcc
		arm64 gcc-aarch64-linux-gnu command -v aarch64-linux-gnu-gcc
		run   git               command -v git
		run   dbus-bin          command -v dbus-send
		run   dbus-daemon       command -v dbus-daemon
		run   nodejs            packages_has_node
		run   chromium          command -v chromium
		run   vim               packages_has_vim
		run   uvicorn           test -x /usr/bin/uvicorn
		run   python3-fastapi
		run   python3-jinja2
		test  npm               command -v npm
		test  libcmocka-dev
		test  libfuse3-dev
		test  neovim            command -v nvim
		test  firefox-esr       command -v firefox-esr
		test  gunicorn          command -v gunicorn
		test  python3-flask
		test  python3-django
		test  php-cli           command -v php
		test  php-symfony-error-handler
		test  puma
		test  ruby-railties
		test  ruby-sinatra
		test  ruby-webrick
		test  hugo              command -v hugo
		test  caddy             command -v caddy
		test  nginx-light       test -x /usr/sbin/nginx
		test  haproxy           test -x /usr/sbin/haproxy
		test  varnish           test -x /usr/sbin/varnishd
		test  lighttpd          test -x /usr/sbin/lighttpd
		test  php-cgi           command -v php-cgi
		test  inotify-tools     command -v inotifywait
		test  tmux              command -v tmux
		test  bash-completion   test -e /usr/share/bash-completion/bash_completion
		test  zsh               command -v zsh
		test  fish              command -v fish
		test  man-db            command -v man
		test  mandoc            command -v mandoc
		test  emacs-nox         command -v emacs
		test  elpa-eglot
		test  kakoune           command -v kak
		test  nano              command -v nano
		test  micro             command -v micro
		test  joe               command -v joe
		test  mg                command -v mg
		test  ne                command -v ne
		test  vis               command -v vis
		test  git-lfs           command -v git-lfs
		test  mercurial         command -v hg
		test  fossil            command -v fossil
		test  subversion        command -v svn
		test  pre-commit        command -v pre-commit
		test  black             command -v black
		test  gedit             command -v gedit
		test  gnome-text-editor command -v gnome-text-editor
		test  mousepad          command -v mousepad
		test  geany             command -v geany
		test  g++               command -v g++
		test  make              command -v make
		test  python3           command -v python3
		test  ripgrep           command -v rg
		test  libglib2.0-bin    command -v gdbus
		test  systemd           test -x /lib/systemd/systemd
		test  dbus-user-session test -f /usr/lib/systemd/user/dbus.socket
		test  xvfb              command -v Xvfb
		test  xdotool           command -v xdotool
		test  shellcheck        command -v shellcheck
		test  cppcheck          command -v cppcheck
		test  strace            command -v strace
		test  openssh-server    test -x /usr/sbin/sshd
		test  openssh-client    command -v ssh
		test  valgrind          command -v valgrind
		package debootstrap     command -v debootstrap
		bench hugo              command -v hugo
		bench python3-livereload
		bench python3-pyinotify
		bench python3-websockets
		bench watchman          command -v watchman
		test  clang             command -v clang
		test  libclang-rt-14-dev packages_has_fuzzer
		test  clang-tidy        command -v clang-tidy
	LIST
}

# The tests and the browser driver are written for Node 18 and later.
packages_has_node() {
	command -v node >/dev/null && node -e 'process.exitCode = Number(process.versions.node.split(".")[0] < 18)'
}

# clang's runtime, which is a separate package in Debian.
packages_has_fuzzer() {
	command -v clang >/dev/null && [ -e "$(clang -print-file-name="libclang_rt.fuzzer-$(uname -m).a")" ]
}

# vim-tiny does not support jobs.
packages_has_vim() {
	command -v vim >/dev/null && vim --version 2>/dev/null | grep -q '+job'
}

packages_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# packages_missing KIND...: prints the packages that are not installed, one per line.
packages_missing() {
	local kind package check
	while read -r kind package check; do
		case " $* " in *" $kind "*) ;; *) continue ;; esac
		if [ -n "$check" ]; then
			eval "$check" >/dev/null 2>&1 || echo "$package"
		elif command -v dpkg-query >/dev/null; then
			packages_installed "$package" || echo "$package"
		fi
	done < <(packages_list)
}

# packages_install KIND...: installs the missing packages; prints what it does.
packages_install() {
	local missing sudo=()
	mapfile -t missing < <(packages_missing "$@")
	if [ ${#missing[@]} -eq 0 ]; then
		echo "packages: all there"
		return
	fi
	if ! command -v apt-get >/dev/null; then
		echo "packages: missing, and there is no apt-get here; install what Debian calls: ${missing[*]}" >&2
		return 1
	fi
	if [ "$(id -u)" -ne 0 ]; then
		if ! command -v sudo >/dev/null; then
			echo "packages: missing, and there is no sudo here; as root: apt-get install --no-install-recommends ${missing[*]}" >&2
			return 1
		fi
		sudo=(sudo)
	fi

	echo "packages: installing ${missing[*]}"
	local log
	log=$(mktemp)
	if ! {
		"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update &&
			"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
				apt-get install -y --no-install-recommends "${missing[@]}"
	} >"$log" 2>&1 </dev/null; then
		tail -n 30 "$log" >&2
		rm -f "$log"
		echo "packages: apt-get failed; the lines above are its last" >&2
		return 1
	fi
	rm -f "$log"
}
