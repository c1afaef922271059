" SPDX-License-Identifier: MIT
" Checks what the plugin needs: for :SavecastHealth, and for :checkhealth savecast in
" Neovim.
scriptencoding utf-8
let s:cpoptions = &cpoptions
set cpoptions&vim

" The user has asked for it, so it may take a moment; with a time limit, since a daemon may hang.
let s:SECONDS = 5

" A list of [level, text]; levels are ok, warn, error.
function! savecast#health#report() abort
  let l:command = get(g:, 'savecast_command', 'savecast')
  if !executable(l:command)
    return [['error', 'the command ' . l:command . ' is not found: install savecast, or set g:savecast_command']]
  endif
  let l:report = [['ok', exepath(l:command)]]
  if !get(g:, 'savecast_enabled', 1)
    call add(l:report, ['warn', 'g:savecast_enabled is 0: no save is reported'])
  endif
  let l:status = system('timeout ' . s:SECONDS . ' ' . shellescape(l:command) . ' status --json 2>&1')
  if v:shell_error
    let l:why = v:shell_error == 124 ? 'no answer within ' . s:SECONDS . ' s' : trim(l:status)
    return add(l:report, ['error', 'the daemon cannot be asked: ' . l:why])
  endif
  let l:daemon = json_decode(l:status)
  call add(l:report, ['ok', 'savecastd ' . l:daemon.version . ' runs'])
  call add(l:report, empty(get(l:daemon, 'port-error', ''))
        \ ? ['ok', 'browsers connect on port ' . l:daemon.port]
        \ : ['error', l:daemon['port-error']])
  let l:browsers = get(l:daemon, 'browsers', 0)
  call add(l:report, [l:browsers ? 'ok' : 'warn', l:browsers . ' browser(s) connected'])
  let l:tabs = len(get(l:daemon, 'tabs', []))
  return add(l:report, [l:tabs ? 'ok' : 'warn', l:tabs . ' tab(s) switched on'])
endfunction

function! savecast#health#show() abort
  call savecast#window#show(map(savecast#health#report(), {_, line -> printf('%-5s  %s', line[0], line[1])}))
endfunction

let &cpoptions = s:cpoptions
unlet s:cpoptions
