" A screenplay is prose: long lines wrap at words, and blanks at line ends belong
" to the author (two of them on an empty line continue a speech).
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal wrap linebreak textwidth=0
setlocal commentstring=[[%s]]
setlocal suffixesadd=.play
compiler photoplay
" `]]` and `[[` go to the next and the last heading or section.
let s:heading = '^\s*\%(\c\%(int\|ext\|est\|i\/e\)[.\/ ]\|#\|\.\w\)'
execute 'nnoremap <buffer> <silent> ]] :call search(''' . escape(s:heading, '|') . ''', "W")<CR>'
execute 'nnoremap <buffer> <silent> [[ :call search(''' . escape(s:heading, '|') . ''', "bW")<CR>'
unlet s:heading

let b:undo_ftplugin = 'setlocal wrap< linebreak< textwidth< commentstring< suffixesadd<'
      \ . '| silent! nunmap <buffer> ]]| silent! nunmap <buffer> [['
