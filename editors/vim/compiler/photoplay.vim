" `:make` finds the mistakes of a script, without anything being generated.
if exists('current_compiler')
  finish
endif
let current_compiler = 'photoplay'

CompilerSet makeprg=photoplay\ check\ %:S
" A message, then where it is: `╭─[file:line:column]`.
CompilerSet errorformat=%E\ \ ×\ %m,%W\ \ ⚠\ %m,%I\ \ ☞\ %m,%C\ \ │\ %m,%Z%\\s%#╭─[%f:%l:%c],%-G%.%#
