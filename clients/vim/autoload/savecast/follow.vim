" SPDX-License-Identifier: MIT
" The results of this editor's saves, from "savecast log --follow --json":
" for savecast#statusline(), the event User SavecastReloaded and the signs.  The program
" runs only if one of the three is used, from the first save on.
scriptencoding utf-8
let s:cpoptions = &cpoptions
set cpoptions&vim

let s:STORIES_MAX = 64
let s:RETRY_SECONDS = 5     " from the end of the program to its next start

let s:job = 0
let s:started_at = -1
let s:wanted = 0            " the text is shown somewhere
let s:text = ''
let s:saved = {}            " names that this editor wrote, symbolic links resolved
let s:stories = {}          " the events of this editor's saves, by serial number

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
          \ {'error': 0}, function('s:heard'), function('s:ended'))
  catch
    " If it cannot be started, saves cannot be reported, either, and that message is enough.
  endtry
endfunction

function! s:ended(_status) abort
  let s:job = 0
  let s:stories = {}
endfunction

function! s:heard(line) abort
  try
    let l:news = json_decode(a:line)
  catch
    return
  endtry
  call savecast#signs#heard(l:news)
  if has_key(l:news, 'serial')
    call s:meet(l:news)
  elseif has_key(s:stories, get(l:news, 'event', 0))
    let l:story = s:stories[l:news.event]
    call add(l:story.steps, l:news.step)
    call s:advance(l:story, l:news.step)
  endif
endfunction

function! s:meet(story) abort
  let l:mine = filter(copy(get(a:story, 'files', [])), {_, file -> has_key(s:saved, resolve(file))})
  if empty(l:mine)
    return
  endif
  if len(s:stories) >= s:STORIES_MAX
    let s:stories = {}
  endif
  let s:stories[a:story.serial] = a:story
  for l:step in copy(a:story.steps)
    call s:advance(a:story, l:step)
  endfor
endfunction

function! s:advance(story, step) abort
  if has_key(s:WORDS, a:step.step)
    " A page may report its problems before its tab reports that it has loaded.
    let l:word = empty(filter(copy(a:story.steps), {_, step -> step.step ==# 'problem'})) ? a:step.step : 'problem'
    let s:text = 'savecast: ' . s:WORDS[l:word]
    if index(s:SHOWN, l:word) >= 0
      let s:text .= printf(' %d ms', a:step.at / 1000)
    endif
    redrawstatus!
  endif
  if index(s:SHOWN, a:step.step) >= 0 && exists('#User#SavecastReloaded')
    let g:savecast_story = a:story
    doautocmd <nomodeline> User SavecastReloaded
  endif
endfunction

let &cpoptions = s:cpoptions
unlet s:cpoptions
