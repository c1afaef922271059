" SPDX-License-Identifier: MIT
" Reports each written file to the savecast daemon, through one long-lived
" "savecast save --stdin".
"
" A save is an entry {'line', 'at', 'again'}: what the job reads, when it was
" written to the job, whether that was the second time.  It goes from s:burst,
" to s:waiting while there is no job, then to s:sent.  The job does not
" acknowledge lines.  So lines that were written to it shortly before a sudden
" end count as lost, and are written once more to the next job.  Reporting a
" save twice is harmless, since the daemon compares bytes.
"
" A job that cannot be written to has ended or is about to: its status, which comes
" a little later, tells whether another one is of use.
scriptencoding utf-8
let s:cpoptions = &cpoptions
set cpoptions&vim

let s:WAITING_MAX = 100     " saves kept for the next job; the oldest are dropped
let s:RECENT_SECONDS = 2    " the job may not have read what was written to it less than this ago
let s:RETRY_SECONDS = 5     " from a failed start to the next try
let s:END_MSEC = 2000       " from a failed write to the next job, if the job does not end

let s:job = {}
let s:is_closed = 0         " the job cannot be written to, and has not ended yet
let s:burst = []            " written by this command, not handed on yet
let s:timer = 0             " the timer that ends the burst, or 0
let s:waiting = []          " empty while there is a job that can be written to
let s:sent = []
let s:failed_at = -1
let s:told = 0

" Called for every file written; a:path is absolute, or a URL.
function! savecast#saved(path) abort
  if !get(b:, 'savecast_enabled', get(g:, 'savecast_enabled', 1))
        \ || !empty(&buftype) || a:path[0] !=# '/'
    return
  endif
  if exists('#User#SavecastReloaded') || savecast#follow#is_wanted() || savecast#signs#are_wanted()
    call savecast#follow#saved(a:path)
  endif
  let l:entry = {'line': s:line(a:path), 'at': 0, 'again': 0}
  call add(s:burst, l:entry)
  if !s:more_may_follow()
    call savecast#flush()
  elseif !s:timer
    let s:timer = timer_start(0, {_timer -> savecast#flush()})
  endif
endfunction

" The files of ":wa" are written at once, and the job reports them in one call.
" If no other file waits to be written, no more saves follow.
function! s:more_may_follow() abort
  return !empty(filter(getbufinfo({'bufmodified': 1}), {_, buffer -> empty(getbufvar(buffer.bufnr, '&buftype'))}))
endfunction

" Passes on the written files; called when the command is over, or the editor ends.
function! savecast#flush() abort
  if s:timer
    call timer_stop(s:timer)
    let s:timer = 0
  endif
  let l:burst = s:burst
  let s:burst = []
  if empty(l:burst)
    return
  elseif !empty(s:job) && !s:is_closed
    call s:write(l:burst)
    return
  endif
  for l:entry in l:burst
    call s:wait(l:entry)
  endfor
  call s:flush()
endfunction

" An editor that ends does not learn the status of a job that it can no longer write to.
function! s:leave() abort
  call savecast#flush()
  if s:is_closed
    call s:ended(s:job, -1)
  endif
endfunction

augroup savecast_flush
  autocmd!
  autocmd VimLeavePre * call s:leave()
augroup END

" For 'statusline': the result of the last save in this editor.
function! savecast#statusline() abort
  if !get(b:, 'savecast_enabled', get(g:, 'savecast_enabled', 1))
    return 'savecast: off'
  endif
  return savecast#follow#text()
endfunction

" A newline ends a line, so a name that contains one is sent as a URI.
function! s:line(path) abort
  if stridx(a:path, "\n") < 0
    return a:path
  endif
  let l:uri = 'file://'
  for l:i in range(len(a:path))
    let l:byte = a:path[l:i]
    let l:uri .= l:byte =~# '^[A-Za-z0-9/._~-]$' ? l:byte : printf('%%%02X', char2nr(l:byte))
  endfor
  return l:uri
endfunction

function! s:wait(entry) abort
  if !empty(s:waiting)
    call filter(s:waiting, {_, entry -> entry.line !=# a:entry.line})
  endif
  call add(s:waiting, a:entry)
  if len(s:waiting) > s:WAITING_MAX
    call remove(s:waiting, 0)
  endif
endfunction

" Starts a job for what waits, unless one has yet to end.
function! s:flush() abort
  if empty(s:waiting) || s:is_closed || !s:start()
    return
  endif
  let l:batch = s:waiting
  let s:waiting = []
  call s:write(l:batch)
endfunction

function! s:write(batch) abort
  let l:now = localtime()
  let l:text = ''
  for l:entry in a:batch
    let l:entry.at = l:now
    let l:text .= l:entry.line . "\n"
  endfor
  call extend(s:sent, a:batch)
  call s:forget_delivered(l:now)
  if !savecast#job#write(s:job, l:text)
    let s:is_closed = 1
    call timer_start(s:END_MSEC, function('s:give_up', [s:job]))
  endif
endfunction

function! s:give_up(job, _timer) abort
  call s:ended(a:job, -1)
endfunction

function! s:forget_delivered(now) abort
  while !empty(s:sent) && (a:now - s:sent[0].at > s:RECENT_SECONDS || len(s:sent) > s:WAITING_MAX)
    call remove(s:sent, 0)
  endwhile
endfunction

function! s:start() abort
  if s:failed_at >= 0 && abs(localtime() - s:failed_at) < s:RETRY_SECONDS
    return 0
  endif
  let l:command = get(g:, 'savecast_command', 'savecast')
  if !executable(l:command)
    call s:failed('command not found')
    return 0
  endif
  try
    let s:job = savecast#job#start([l:command, 'save', '--stdin'],
          \ function('s:complained'), function('s:ended'))
  catch
    call s:failed('command does not start')
    return 0
  endtry
  return 1
endfunction

function! s:ended(job, status) abort
  if a:job isnot s:job
    return
  endif
  let l:is_closed = s:is_closed
  let s:is_closed = 0
  let s:job = {}
  call s:forget_delivered(localtime())
  let l:unread = s:sent
  let s:sent = []
  if (a:status == 0 || a:status == 1) && !l:is_closed
    return
  endif

  for l:entry in filter(copy(l:unread), {_, entry -> !entry.again})
    let l:entry.again = 1
    call s:wait(l:entry)
  endfor

  if a:status > 1 || (empty(s:waiting) && !empty(l:unread))
    call s:failed(a:status == 3 ? 'daemon not reached' : 'command failed')
  else
    call s:flush()
  endif
endfunction

function! s:failed(why) abort
  let s:failed_at = localtime()
  call s:tell_once('savecast: ' . a:why . ': see :help savecast-trouble')
endfunction

" The command's messages are complete: what failed, for which file, why, what to do.
function! s:complained(_job, line) abort
  call s:tell_once(a:line =~# '^savecast: ' ? a:line : 'savecast: ' . a:line)
endfunction

function! s:tell_once(text) abort
  if !s:told
    let s:told = 1
    " Shown later: with a second message right after that of :w, Vim would ask for Enter.
    call timer_start(0, function('s:tell', [a:text]))
  endif
endfunction

function! s:tell(text, _timer) abort
  " Waits while a command is typed or a prompt is open; not in Ex mode.
  if mode(1) =~# '^\%(cr\=$\|r\|!\)'
    call timer_start(500, function('s:tell', [a:text]))
    return
  endif
  " T: a message that is too long for the screen is cut off there, and complete in :messages.
  let l:shortmess = &shortmess
  set shortmess+=T
  echohl WarningMsg
  echomsg a:text
  echohl None
  let &shortmess = l:shortmess
endfunction

let &cpoptions = s:cpoptions
unlet s:cpoptions
