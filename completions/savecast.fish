# SPDX-License-Identifier: MIT
# Completes savecast in fish.

complete -c savecast -f
complete -c savecast -s h -l help -d 'Print a help'
complete -c savecast -l version -d 'Print the version'

function __savecast_verb
    complete -c savecast -n __fish_use_subcommand -a $argv[1] -d $argv[2]
end
__savecast_verb save 'Tell of files that were saved'
__savecast_verb track 'Make a folder a project of its own'
__savecast_verb untrack 'Forget a project'
__savecast_verb reload 'Reload the tabs of a project'
__savecast_verb run 'Run a build, and reload once when it has ended'
__savecast_verb status 'Show the daemon, its browsers, projects and tabs'
__savecast_verb log 'Tell what became of the last saves'
__savecast_verb why 'Explain what a save of a file would do'
__savecast_verb lsp 'Be a language server that tells of saves'
functions -e __savecast_verb

complete -c savecast -n '__fish_seen_subcommand_from save track reload status log why' -l json -d 'Print JSON'
complete -c savecast -n '__fish_seen_subcommand_from save' -l stdin -d 'Read names from standard input'
complete -c savecast -n '__fish_seen_subcommand_from save why' -F
complete -c savecast -n '__fish_seen_subcommand_from track untrack reload' -a '(__fish_complete_directories)'
complete -c savecast -n '__fish_seen_subcommand_from log' -s f -l follow -d 'Go on printing what happens'
complete -c savecast -n '__fish_seen_subcommand_from log' -s n -l number -x -d 'Begin with the newest N events'
complete -c savecast -n '__fish_seen_subcommand_from run' -a '(__fish_complete_subcommand --fcs-skip=2)'
