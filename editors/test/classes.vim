" Holds the syntax file to what the compiler says about a script.
"
"   COLOURS=list vim -Nu NONE -es -S check.vim SCRIPT
"
" The list has lines `line:first-last class "text"` (lines from 1, bytes from
" 0), as in tests/script/*.colours.snap. Every byte of it that is not blank
" must have that class. What differs goes to standard error.
set encoding=utf-8 nocompatible
execute 'set runtimepath^=' . fnameescape(expand('<sfile>:p:h'))
syntax on
edit
setfiletype photoplay

let s:classes = {'photoplayTail': 'note', 'photoplayCut': 'note', 'photoplayNotePunctuation': 'note',
      \ 'photoplayDirectiveColon': 'note', 'photoplayDirectiveBar': 'note', 'photoplayCutHead': 'shot_head',
      \ 'photoplayCutWord': 'directive_word', 'photoplayActionWords': 'action'}

function! s:class(line, column) abort
  let group = synIDattr(synID(a:line, a:column, 0), 'name')
  if has_key(s:classes, group)
    return s:classes[group]
  endif
  return tolower(substitute(substitute(group, '^photoplay', '', ''), '\l\zs\u', '_&', 'g'))
endfunction

let s:wrong = []
let s:checked = 0
for s:entry in readfile($COLOURS)
  let s:match = matchlist(s:entry, '^\(\d\+\):\(\d\+\)-\(\d\+\) \(\w\+\) ')
  if empty(s:match)
    continue
  endif
  let s:checked += 1
  let s:text = getline(s:match[1])
  for s:byte in range(s:match[2] + 1, min([s:match[3], len(s:text)]))
    let s:found = s:class(s:match[1], s:byte)
    if s:text[s:byte - 1] !~# '\s' && s:found !=# s:match[4]
      call add(s:wrong, printf('%s:%d:%d: %s instead of %s', expand('%'), s:match[1], s:byte, s:found, s:entry))
      break
    endif
  endfor
endfor
call writefile(s:wrong + [printf('%s: %d stretches', expand('%'), s:checked)], '/dev/stderr', 'a')
execute empty(s:wrong) && s:checked > 0 ? 'qall!' : 'cquit!'
