" `:make` reports the mistakes of a script and makes no film.
if exists('current_compiler')
  finish
endif
let current_compiler = 'photoplay'

CompilerSet makeprg=photoplay\ check\ %:S
" A message, then its place: `╭─[file:line:column]`.
CompilerSet errorformat=%E\ \ ×\ %m,%W\ \ ⚠\ %m,%I\ \ ☞\ %m,%C\ \ │\ %m,%Z%\\s%#╭─[%f:%l:%c],%-G%.%#
