" SPDX-License-Identifier: MIT
" A sign at each line that causes a problem in a page.  After each event of a project of
" which a buffer shows a file, "savecast check --wait --json" says what the problems are.
scriptencoding utf-8
let s:cpoptions = &cpoptions
set cpoptions&vim

let s:EVENTS_MAX = 64
" A tab has loaded its page or has not, or is gone: its problems may have changed.  After a save
" that changed nothing, they may be older than this editor.
let s:STEPS = ['problem', 'unchanged', 'loaded', 'swapped', 'patched', 'failed', 'stays', 'gone', 'no-tab']

let s:roots = {}            " of the latest events, by serial number: the project's root
let s:running = {}          " by root: 1, or 2 if the problems may have changed meanwhile
let s:problems = {}         " by root: a list of {'file', 'line'}

function! savecast#signs#are_wanted() abort
  return exists('*sign_place') && get(g:, 'savecast_signs', 1)
endfunction

" Called with each line of "savecast log --follow --json": an event, or a step of one.
function! savecast#signs#receive(news) abort
  if !savecast#signs#are_wanted()
    return
  endif
  if has_key(a:news, 'serial') && has_key(a:news, 'project')
    if len(s:roots) >= s:EVENTS_MAX
      let s:roots = {}
    endif
    let s:roots[a:news.serial] = a:news.project
  endif
  let l:root = get(s:roots, get(a:news, 'serial', get(a:news, 'event', 0)), '')
  let l:steps = has_key(a:news, 'step') ? [a:news.step] : get(a:news, 'steps', [])
  if !empty(filter(copy(l:steps), {_, step -> index(s:STEPS, step.step) >= 0})) && s:is_open(l:root)
    call s:check(l:root)
  endif
endfunction

" Whether a buffer shows a file of the project, or one has had a sign.
function! s:is_open(root) abort
  return !empty(a:root) && (!empty(get(s:problems, a:root, []))
        \ || !empty(filter(getbufinfo({'bufloaded': 1}), {_, buffer -> stridx(resolve(buffer.name), a:root . '/') == 0})))
endfunction

function! s:check(root) abort
  if has_key(s:running, a:root)
    let s:running[a:root] = 2
    return
  endif
  let s:running[a:root] = 1
  let l:lines = []
  try
    " In the project's folder: with a name, it would report a save.
    call savecast#job#run([get(g:, 'savecast_command', 'savecast'), 'check', '--wait', '--json'],
          \ {'error': 0, 'cwd': a:root}, {line -> add(l:lines, line)}, {_status -> s:checked(a:root, l:lines)})
  catch
    unlet s:running[a:root]
  endtry
endfunction

function! s:checked(root, lines) abort
  let l:again = get(s:running, a:root) == 2
  unlet! s:running[a:root]
  try
    let l:found = filter(json_decode(join(a:lines, '')).problems, {_, problem -> has_key(problem, 'file')})
  catch
    let l:found = []        " The daemon has ended, or the project is gone.
  endtry
  let s:problems[a:root] = map(l:found, {_, problem -> {'file': problem.file, 'line': max([1, get(problem, 'line', 1)])}})
  call s:place_all()
  if l:again
    call s:check(a:root)
  endif
endfunction

function! s:place_all() abort
  call sign_define('SavecastProblem', {'text': '!!', 'texthl': 'SavecastProblem'})
  call sign_unplace('savecast')
  for l:buffer in getbufinfo({'bufloaded': 1})
    call s:place_in(l:buffer)
  endfor
endfunction

function! s:place_in(buffer) abort
  let l:file = empty(a:buffer.name) ? '' : resolve(a:buffer.name)
  for l:problems in values(s:problems)
    for l:problem in filter(copy(l:problems), {_, problem -> problem.file ==# l:file})
      call sign_place(0, 'savecast', 'SavecastProblem', a:buffer.bufnr, {'lnum': l:problem.line, 'priority': 20})
    endfor
  endfor
endfunction

highlight default link SavecastProblem ErrorMsg

augroup savecast_signs
  autocmd!
  " A file that is opened only now, maybe from the quickfix list.
  autocmd BufReadPost * if !empty(s:problems) | call s:place_all() | endif
augroup END

let &cpoptions = s:cpoptions
unlet s:cpoptions
