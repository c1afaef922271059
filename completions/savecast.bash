# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completes savecast in bash.

_savecast() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local verb=${COMP_WORDS[1]} i
	local options='--help --version'
	COMPREPLY=()

	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "save track untrack reload run status log why lsp $options" -- "$current")
		return
	fi
	if [ "$verb" = run ]; then
		i=2
		if [ "${COMP_WORDS[2]}" = -- ]; then i=3; fi
		if [ "$COMP_CWORD" -gt "$i" ] && declare -F _command_offset >/dev/null; then
			_command_offset "$i"
			return
		fi
		if [ "${current#-}" = "$current" ]; then
			mapfile -t COMPREPLY < <(compgen -c -- "$current")
			return
		fi
	fi
	if [ "$verb" = log ] && { [ "$previous" = -n ] || [ "$previous" = --number ]; }; then
		return
	fi

	case $current in
	-*)
		case $verb in
		save) options="--stdin --json $options" ;;
		track | reload | status | why) options="--json $options" ;;
		log) options="--follow --number= --json $options" ;;
		run) options="-- $options" ;;
		esac
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
		case ${COMPREPLY[*]} in *=) compopt -o nospace ;; esac
		return
		;;
	esac
	compopt -o filenames
	case $verb in
	save | why) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	track | untrack | reload) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
	esac
}

complete -F _savecast savecast
