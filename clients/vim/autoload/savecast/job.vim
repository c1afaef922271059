" SPDX-License-Identifier: MIT
" Hides the differences between jobs in Vim and in Neovim.
"
" A job is a dictionary that belongs to this file; compare it with "is".
" OnError is called as OnError(job, line) for each line of the job's standard error,
" OnExit as OnExit(job, status) once the job has ended: its exit status, or -1
" when a signal ended it.
scriptencoding utf-8
let s:cpoptions = &cpoptions
set cpoptions&vim

" How many unread bytes the input of a Neovim job can hold at least (Linux: 208 KiB, in which
" a short line takes 768 bytes).
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
  " detach: otherwise :wq kills the job before it has delivered.
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
  let l:state = {'status': -1, 'open': 2}
  let l:OnEnd = {status -> s:ended(l:job, status)}
  " noblock: otherwise a job that does not read freezes the editor in ch_sendraw().
  " stoponexit: otherwise :wq kills the job before it has delivered.
  " err_cb: also notifies Vim of the job's end; without a pipe to watch, it
  " wakes up every 10 ms to check.  (A job that closes its standard error loses its
  " input, too; savecast does not close it.)
  let l:job.id = job_start(a:argv, {
        \ 'in_mode': 'raw',
        \ 'noblock': 1,
        \ 'out_io': 'null',
        \ 'err_mode': 'nl',
        \ 'stoponexit': '',
        \ 'err_cb': {_channel, line -> s:complained(l:job, [line])},
        \ 'close_cb': {_channel -> s:one_less(l:state, l:state.status, l:OnEnd)},
        \ 'exit_cb': {_job, status -> s:one_less(l:state, status, l:OnEnd)},
        \ })
  if job_status(l:job.id) ==# 'fail'
    throw 'savecast: not started: ' . a:argv[0]
  endif
  let s:latest = l:job
endfunction

" Never blocks.  False when the job can no longer be written to.
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

" Runs a program that needs no input.  OnLine(line) is called for each line that
" it prints, on standard error too if a:how.error; OnEnd(status) after all lines
" were passed on.  It runs in the folder a:how.cwd, if there is one.  Returns what
" savecast#job#stop() takes.  Throws when the program cannot be started.
function! savecast#job#run(argv, how, OnLine, OnEnd) abort
  let l:folder = has_key(a:how, 'cwd') ? {'cwd': a:how.cwd} : {}
  if has('nvim')
    let l:rest = ['']
    let l:OnLines = {_id, lines, _event -> s:split(l:rest, lines, a:OnLine)}
    let l:options = extend({'on_stdout': l:OnLines, 'on_exit': {_id, status, _event -> a:OnEnd(status)}}, l:folder)
    if a:how.error
      let l:options.on_stderr = l:OnLines
    endif
    let l:id = jobstart(a:argv, l:options)
    if l:id <= 0
      throw 'savecast: not started: ' . a:argv[0]
    endif
    return l:id
  endif
  let l:state = {'status': -1, 'open': 2}
  let l:job = job_start(a:argv, extend({
        \ 'in_io': 'null',
        \ 'err_io': a:how.error ? 'out' : 'null',
        \ 'out_cb': {_channel, line -> a:OnLine(line)},
        \ 'close_cb': {_channel -> s:one_less(l:state, l:state.status, a:OnEnd)},
        \ 'exit_cb': {_job, status -> s:one_less(l:state, status, a:OnEnd)},
        \ }, l:folder))
  if job_status(l:job) ==# 'fail'
    throw 'savecast: not started: ' . a:argv[0]
  endif
  return l:job
endfunction

function! savecast#job#stop(job) abort
  if has('nvim')
    call jobstop(a:job)
  else
    call job_stop(a:job)
  endif
endfunction

" Neovim passes pieces: the first one continues the last one of the call before.
function! s:split(rest, pieces, OnLine) abort
  let a:rest[0] .= a:pieces[0]
  for l:piece in a:pieces[1:]
    call a:OnLine(a:rest[0])
    let a:rest[0] = l:piece
  endfor
endfunction

" Vim reports the end of the output and the end of the program in any order; the latter
" even inside job_status(), while the caller of start() does not have the job yet.
function! s:one_less(state, status, OnEnd) abort
  let a:state.status = a:status
  let a:state.open -= 1
  if a:state.open == 0
    call a:OnEnd(a:state.status)
  endif
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

" Neovim does not end before a job has read what was written to it, so a stuck
" one would freeze :q.  After SIGTERM, savecast reads the waiting lines, delivers
" them and ends; Neovim kills a job that ignores it two seconds later.  OnExit is
" not called for that end, because it is no reason to start another job.
function! s:leave_nvim() abort
  if s:latest.alive && s:latest.used > s:PIPE_BYTES
    let s:latest.alive = 0
    call jobstop(s:latest.id)
  endif
endfunction

" A job that :wq has just started is for a moment still in Vim's own
" session, which is ended when the terminal closes (seen on a busy machine).
function! s:leave_vim() abort
  let l:pid = job_info(s:latest.id).process
  for l:i in range(100)
    if !s:latest.alive || s:session(l:pid) != s:session(getpid())
      return
    endif
    sleep 2m
  endfor
endfunction

" The session id of a process: on Linux, the fourth word after the program's name.
function! s:session(pid) abort
  try
    return get(split(matchstr(readfile('/proc/' . a:pid . '/stat')[0], '.*) \zs.*')), 3)
  catch
    return -1
  endtry
endfunction

function! s:leave() abort
  if exists('s:latest')
    if has('nvim')
      call s:leave_nvim()
    else
      call s:leave_vim()
    endif
  endif
endfunction

augroup savecast_job
  autocmd!
  autocmd VimLeave * call s:leave()
augroup END

let &cpoptions = s:cpoptions
unlet s:cpoptions
