" SPDX-License-Identifier: MIT
" The results of this editor's saves, from "savecast log --follow --json":
" for savecast#statusline(), the event User SavecastReloaded and the signs.  The program
" runs only if one of the three is used, from the first save on.
scriptencoding utf-8
let s:cpoptions = &cpoptions
set cpoptions&vim

let s:EVENTS_MAX = 64
let s:RETRY_SECONDS = 5     " from the end of the program to its next start

let s:job = 0
let s:started_at = -1
let s:wanted = 0            " the text is shown somewhere
let s:text = ''
let s:saved = {}            " names that this editor wrote, symbolic links resolved
let s:events = {}          " the events of this editor's saves, by serial number

let s:WORDS = {
      \ 'loaded': 'reloaded', 'swapped': 'swapped', 'unused': 'not used', 'patched': 'patched',
      \ 'stays': 'page stays', 'no-tab': 'no tab',
      \ 'no-project': 'no project', 'waiting': 'waiting', 'ready': 'ready', 'down': 'down',
      \ 'failed': 'failed', 'gone': 'tab gone', 'skipped': 'skipped', 'unchanged': 'unchanged',
      \ 'problem': 'problems in the page',
      \ }

let s:SHOWN = ['loaded', 'swapped', 'patched']

function! savecast#follow#is_wanted() abort
  return s:wanted
endfunction

function! savecast#follow#text() abort
  let s:wanted = 1
  return s:text
endfunction

" Called before a file is reported.
function! savecast#follow#saved(path) abort
  if len(s:saved) > 1000
    let s:saved = {}
  endif
  let s:saved[resolve(a:path)] = 1
  call s:start()
endfunction

function! s:start() abort
  if !empty(s:job) || (s:started_at >= 0 && abs(localtime() - s:started_at) < s:RETRY_SECONDS)
    return
  endif
  let s:started_at = localtime()
  " -n 1: with the latest event, since that of this save may be sent before the program listens.
  try
    let s:job = savecast#job#run(
          \ [get(g:, 'savecast_command', 'savecast'), 'log', '--follow', '--json', '-n', '1'],
          \ {'error': 0}, function('s:receive'), function('s:ended'))
  catch
    " If it cannot be started, saves cannot be reported, either, and that message is enough.
  endtry
endfunction

function! s:ended(_status) abort
  let s:job = 0
  let s:events = {}
endfunction

function! s:receive(line) abort
  try
    let l:news = json_decode(a:line)
  catch
    return
  endtry
  call savecast#signs#receive(l:news)
  if has_key(l:news, 'serial')
    call s:add(l:news)
  elseif has_key(s:events, get(l:news, 'event', 0))
    let l:event = s:events[l:news.event]
    call add(l:event.steps, l:news.step)
    call s:advance(l:event, l:news.step)
  endif
endfunction

function! s:add(event) abort
  let l:mine = filter(copy(get(a:event, 'files', [])), {_, file -> has_key(s:saved, resolve(file))})
  if empty(l:mine)
    return
  endif
  if len(s:events) >= s:EVENTS_MAX
    let s:events = {}
  endif
  let s:events[a:event.serial] = a:event
  for l:step in copy(a:event.steps)
    call s:advance(a:event, l:step)
  endfor
endfunction

function! s:advance(event, step) abort
  if has_key(s:WORDS, a:step.step)
    " A page may report its problems before its tab reports that it has loaded.
    let l:word = empty(filter(copy(a:event.steps), {_, step -> step.step ==# 'problem'})) ? a:step.step : 'problem'
    let s:text = 'savecast: ' . s:WORDS[l:word]
    if index(s:SHOWN, l:word) >= 0
      let s:text .= printf(' %d ms', a:step.at / 1000)
    endif
    redrawstatus!
  endif
  if index(s:SHOWN, a:step.step) >= 0 && exists('#User#SavecastReloaded')
    let g:savecast_event = a:event
    doautocmd <nomodeline> User SavecastReloaded
  endif
endfunction

let &cpoptions = s:cpoptions
unlet s:cpoptions
