" Writes the class of every stretch of every script in a folder, as
" compare.mjs reads them:
"
"   SCRIPTS=folder vim -Nu NONE -i NONE -es -S classes.vim
set encoding=utf-8 nocompatible nomodeline noswapfile viminfo=
execute 'set runtimepath^=' . fnameescape(expand('<sfile>:p:h:h') . '/vim')
syntax on
filetype on

let s:classes = {'photoplayTail': 'note', 'photoplayLoneNote': 'note', 'photoplayCut': 'note', 'photoplayNotePunctuation': 'note',
      \ 'photoplayDirectiveColon': 'note', 'photoplayDirectiveBar': 'note', 'photoplayCutHead': 'shot_head',
      \ 'photoplayCutWord': 'directive_word', 'photoplayActionWords': 'action',
      \ 'photoplayHidden': 'note', 'photoplayDirectiveQuote': 'directive_body',
      \ 'photoplayStateBody': 'directive_body', 'photoplayHeadingMark': '', 'photoplayForced': '',
      \ 'photoplayTitleColon': '', 'photoplayMark': '', 'photoplayBracket': '', 'photoplayDual': '',
      \ 'photoplayCueMark': '', 'photoplayLyricsMark': '', 'photoplayCenteredMark': '',
      \ 'photoplayTransitionMark': '', 'photoplayCueLine': '', 'photoplayHeadingLine': '',
      \ 'photoplayTransitionLine': '', 'photoplayCenteredLine': '', 'photoplayLyricsLine': '',
      \ 'photoplayParentheticalLine': '', 'photoplayShotLine': '', 'photoplayTitlePage': ''}

function! s:class(line, column) abort
  let group = synIDattr(synID(a:line, a:column, 0), 'name')
  if group ==# 'photoplayEscape'
    " It is part of its text.
    let group = get(filter(map(synstack(a:line, a:column), 'synIDattr(v:val, "name")'), 'v:val !=# group'), -1, '')
  endif
  if !has_key(s:classes, group)
    let s:classes[group] = tolower(substitute(substitute(group, '^photoplay', '', ''), '\l\zs\u', '_&', 'g'))
  endif
  return s:classes[group]
endfunction

for s:script in glob($SCRIPTS . '/*.play', 0, 1) + glob($SCRIPTS . '/*.fountain', 0, 1)
  execute 'silent edit' fnameescape(s:script)
  setlocal filetype=photoplay
  syntax sync fromstart
  let s:list = []
  for s:line in range(1, line('$'))
    " A byte order mark is not part of the first line here.
    let s:offset = s:line == 1 && &bomb ? 3 : 0
    let s:text = getline(s:line)
    let s:first = 0
    let s:last = ''
    for s:byte in range(0, len(s:text))
      let s:found = s:byte < len(s:text) ? s:class(s:line, s:byte + 1) : ''
      if s:found !=# s:last
        if s:last !=# ''
          call add(s:list, printf('%d:%d-%d %s', s:line, s:first + s:offset, s:byte + s:offset, s:last))
        endif
        let s:first = s:byte
        let s:last = s:found
      endif
    endfor
  endfor
  call writefile(s:list, s:script . '.vim')
  bwipeout!
endfor
qall!
