" SPDX-License-Identifier: MIT
" What Vim and Neovim do differently about jobs, and nothing else.
"
" A job is a dictionary that belongs to this file; compare it with "is".
" OnError is called as OnError(job, line) for each line the job complains with,
" OnExit as OnExit(job, status) once the job has ended: its exit status, or -1
" when a signal ended it.
scriptencoding utf-8
let s:cpoptions = &cpoptions
set cpoptions&vim

" What a Neovim job's input holds unread, at least (Linux: 208 KiB, of which a
" short line takes 768 bytes).
let s:PIPE_BYTES = 131072

" Throws when the program cannot be started.
function! savecast#job#start(argv, OnError, OnExit) abort
  let l:job = {'OnError': a:OnError, 'OnExit': a:OnExit, 'alive': 1, 'used': 0}
  if has('nvim')
    call s:start_nvim(l:job, a:argv)
  else
    call s:start_vim(l:job, a:argv)
  endif
  return l:job
endfunction

function! s:start_nvim(job, argv) abort
  let l:job = a:job
  " detach: else :wq kills the job before it has delivered.
  let l:job.id = jobstart(a:argv, {
        \ 'detach': v:true,
        \ 'on_stderr': {_id, lines, _event -> s:complained(l:job, lines)},
        \ 'on_exit': {_id, status, _event -> s:ended(l:job, status > 128 ? -1 : status)},
        \ })
  if l:job.id <= 0
    throw 'savecast: not started: ' . a:argv[0]
  endif
  let s:latest = l:job
endfunction

function! s:start_vim(job, argv) abort
  let l:job = a:job
  " noblock: else a job that does not read freezes the editor in ch_sendraw().
  " stoponexit: else :wq kills the job before it has delivered.
  " err_cb: also what tells Vim of the job's end; with no pipe to watch, it
  " wakes every 10 ms to ask.  (A job that closes its standard error loses its
  " input, too: savecast does not.)
  let l:job.id = job_start(a:argv, {
        \ 'in_mode': 'raw',
        \ 'noblock': 1,
        \ 'out_io': 'null',
        \ 'err_mode': 'nl',
        \ 'stoponexit': '',
        \ 'err_cb': {_channel, line -> s:complained(l:job, [line])},
        \ 'exit_cb': {_job, status -> s:ended(l:job, status)},
        \ })
  if job_status(l:job.id) ==# 'fail'
    throw 'savecast: not started: ' . a:argv[0]
  endif
endfunction

" Never waits.  False when the job cannot be written to any more.
function! savecast#job#write(job, text) abort
  try
    if has('nvim')
      let a:job.used += 1024 + 2 * len(a:text)
      return chansend(a:job.id, a:text) > 0
    endif
    call ch_sendraw(a:job.id, a:text)
    return 1
  catch
    return 0
  endtry
endfunction

function! s:complained(job, lines) abort
  for l:line in filter(copy(a:lines), '!empty(v:val)')
    call a:job.OnError(a:job, l:line)
  endfor
endfunction

function! s:ended(job, status) abort
  if !a:job.alive
    return
  endif
  let a:job.alive = 0
  call a:job.OnExit(a:job, a:status)
endfunction

" Neovim does not end before a job has taken what was written to it, so a stuck
" one would freeze :q.  SIGTERM makes savecast read what is there, deliver and
" end; what does not even hear that, Neovim kills two seconds later.  Nobody is
" told of that end: it is no reason to start another.
function! s:leave() abort
  if exists('s:latest') && s:latest.alive && s:latest.used > s:PIPE_BYTES
    let s:latest.alive = 0
    call jobstop(s:latest.id)
  endif
endfunction

if has('nvim')
  augroup savecast_job
    autocmd!
    autocmd VimLeave * call s:leave()
  augroup END
endif

let &cpoptions = s:cpoptions
unlet s:cpoptions
