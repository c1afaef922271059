" SPDX-License-Identifier: MIT
" :Savecast.  The output of the command line tool is shown when it arrives: a daemon that
" hangs does not freeze the editor.
scriptencoding utf-8
let s:cpoptions = &cpoptions
set cpoptions&vim

let s:LIST = 'savecast: problems of the pages'
let s:WORDS = ['status', 'log', 'why', 'problems', 'reload', 'toggle']

function! savecast#command#complete(_lead, _line, _position) abort
  return join(s:WORDS, "\n")
endfunction

function! savecast#command#run(word, ...) abort
  if index(s:WORDS, a:word) < 0
    call s:warn('savecast: ' . a:word . ': must be one of ' . join(s:WORDS, ', '))
  elseif a:word ==# 'toggle'
    call s:toggle()
  elseif a:word ==# 'problems'
    call s:tool(['check', '--wait', '--'] + (a:0 ? a:000 : [empty(&buftype) && !empty(expand('%')) ? expand('%:p') : getcwd()]))
  else
    call s:tool([a:word] + (a:0 ? a:000 : s:arguments(a:word)))
  endif
endfunction

" Runs it about the current file, if there is one.
function! s:arguments(word) abort
  let l:file = empty(&buftype) ? expand('%:p') : ''
  if a:word ==# 'why' && !empty(l:file)
    return ['--', l:file]
  elseif a:word ==# 'reload'
    return ['--', empty(l:file) ? getcwd() : fnamemodify(l:file, ':h')]
  endif
  return []
endfunction

function! s:toggle() abort
  let g:savecast_enabled = !get(g:, 'savecast_enabled', 1)
  echo 'savecast:' g:savecast_enabled ? 'on' : 'off'
  redrawstatus!
endfunction

function! s:tool(arguments) abort
  let l:command = get(g:, 'savecast_command', 'savecast')
  if !executable(l:command)
    call s:warn('savecast: command not found: see :help savecast-trouble')
    return
  endif
  let l:lines = []
  try
    call savecast#job#run([l:command] + a:arguments, {'error': 1},
          \ {line -> add(l:lines, line)}, {status -> s:show(a:arguments[0], l:lines, status)})
  catch
    call s:warn('savecast: command does not start: see :help savecast-trouble')
  endtry
endfunction

function! s:show(word, lines, status) abort
  if a:word ==# 'check'
    call s:list(a:lines, a:status)
  elseif empty(a:lines)
    echo 'savecast' a:word . (a:status ? ': failed' : ': done')
  elseif len(a:lines) == 1 && a:status
    call s:warn(a:lines[0])
  else
    call savecast#window#show(a:lines)
  endif
endfunction

" Shows the problems of the pages as the quickfix list; empties it if it is ours and there are
" none.
function! s:list(lines, status) abort
  let l:ours = get(getqflist({'title': 0}), 'title', '') ==# s:LIST
  let l:efm = '%f:%l:%c: %m,%f: %m'
  let l:items = get(getqflist({'lines': a:lines, 'efm': l:efm}), 'items', [])
  if a:status > 1
    call s:warn(empty(a:lines) ? 'savecast: check: failed' : a:lines[0])
  elseif a:status
    call setqflist([], l:ours ? 'r' : ' ', {'items': l:items, 'title': s:LIST})
    botright copen
    wincmd p
  else
    if l:ours
      call setqflist([], 'r', {'items': [], 'title': s:LIST})
      cclose
    endif
    echo 'savecast: no problems'
  endif
endfunction

function! s:warn(text) abort
  echohl WarningMsg
  echomsg a:text
  echohl None
endfunction

let &cpoptions = s:cpoptions
unlet s:cpoptions
