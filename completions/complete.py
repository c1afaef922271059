#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""complete.py TABLE TEMPLATE OUTPUT: writes the completions of one shell.

TABLE is what "savecast --help --json" prints. TEMPLATE is savecast.SHELL.in, in
which "@name@" stands for what this program makes from the table.
"""
import json
import re
import sys

COMMON = ('help', 'version')

# What completes the arguments of a verb; the keys are the values of "takes".
ZSH = {
    'nothing': '',
    'files': "'*:file:_files'",
    'folder': "'1:folder:_directories'",
    'file-or-url': """'1: : _alternative "files:file:_files" "urls:URL:_urls"'""",
    'name-and-command': "'1:name: ' '*::command:_normal'",
    'setting': "'1:setting:($settings)' '2:value: '",
}
ZSH_COMMAND = """
		if [[ $words[2] == -- ]]; then
			shift words
			((CURRENT--))
		fi
		if ((CURRENT > 2)); then
			shift words
			((CURRENT--))
			_normal
		else
			_alternative 'commands:command:_command_names -e' 'options:option:compadd -- --'
		fi"""
FISH = {
    'nothing': [],
    'files': ['-F'],
    'folder': ["-a '(__fish_complete_directories)'"],
    'file-or-url': ['-F'],
    'command': ["-a '(__fish_complete_subcommand --fcs-skip=2)'"],
    'name-and-command': ["-a '(__fish_complete_command)'"],
    'setting': ["-a '@settings@'"],
}


def own_options(verb):
    return [option for option in verb['options'] if option['name'] not in COMMON]


def settings(table):
    return table['settings'].replace(',', '')


def sentence(text):
    return text[0].upper() + text[1:]


def quoted(text):
    """A word in single quotes, which mean the same in all three shells."""
    assert "'" not in text and '\\' not in text, text
    return f"'{text}'"


def bash(table):
    cases = []
    for verb in table['verbs']:
        options = ' '.join(f'--{option["name"]}{"=" if option["argument"] else ""}' for option in verb['options'])
        valued = ' '.join(f'-{option["short"]} --{option["name"]}' if option['short'] else f'--{option["name"]}'
                          for option in verb['options'] if option['argument'])
        cases.append(f'\t{verb["name"]}) takes={verb["takes"]} valued={quoted(valued)} options={quoted(options)} ;;')
    return {'cases': '\n'.join(cases), 'verbs': ' '.join(verb['name'] for verb in table['verbs']),
            'settings': settings(table)}


def zsh_option(option):
    text, name, short = option['help'].split(',')[0].split(' (')[0], option['name'], option['short']
    value = f':{option["argument"]}' if option['argument'] else ''
    equals = '=' if option['argument'] else ''
    if short:
        return f"'(-{short} --{name})'{{-{short},--{name}{equals}}}{quoted(f'[{text}]{value}')}"
    return quoted(f'--{name}{equals}[{text}]{value}')


def zsh(table):
    cases = []
    for verb in table['verbs']:
        words = ['_arguments $common', *map(zsh_option, own_options(verb)), ZSH.get(verb['takes'], '')]
        body = ZSH_COMMAND if verb['takes'] == 'command' else ' ' + ' '.join(word for word in words if word)
        cases.append(f'\t{verb["name"]}){body}\n\t\t;;')
    verbs = [f'\t{quoted(verb["name"] + ":" + verb["summary"])}' for verb in table['verbs']]
    return {'cases': '\n'.join(cases), 'verbs': '\n'.join(verbs), 'settings': settings(table)}


def fish(table):
    lines = []
    for verb in table['verbs']:
        lines.append(f"complete -c savecast -n __fish_use_subcommand -a {verb['name']} "
                     f"-d {quoted(sentence(verb['summary']))}")
    for verb in table['verbs']:
        seen = f"complete -c savecast -n '__fish_seen_subcommand_from {verb['name']}'"
        for option in own_options(verb):
            lines.append(f'{seen}{" -s " + option["short"] if option["short"] else ""} -l {option["name"]}'
                         f'{" -x" if option["argument"] else ""} -d {quoted(sentence(option["help"]))}')
        lines += [f'{seen} {words}' for words in FISH[verb['takes']]]
    return {'lines': '\n'.join(lines).replace('@settings@', settings(table))}


def main():
    table_name, template_name, output = sys.argv[1:]
    with open(table_name, encoding='utf-8') as file:
        table = json.load(file)
    with open(template_name, encoding='utf-8') as file:
        template = file.read()
    shell = re.search(r'savecast\.(\w+)\.in$', template_name)[1]
    parts = {'bash': bash, 'zsh': zsh, 'fish': fish}[shell](table)
    text = re.sub(r'@(\w+)@', lambda match: parts[match[1]], template)
    with open(output, 'w', encoding='utf-8') as file:
        file.write(text)


main()
