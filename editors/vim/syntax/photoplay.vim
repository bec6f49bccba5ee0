" Vim syntax file
" Language: Photoplay, screenplays in Fountain with shots and directives
" The classes are those of the compiler (src/script/highlight.rs): the group of
" a class `scene_number` is photoplaySceneNumber.

if exists('b:current_syntax')
  finish
endif
let s:cpo = &cpo
set cpo&vim

syntax sync fromstart
syntax case match

" The lines allowed before a heading, a cue or a transition: a blank line, the
" file's beginning, or a line that is not printed.
let s:fresh = '\%(\%^\|^\s*\n\|^\%(\%(\/\*\)\@!.\)*\*\/\s*\n\|^\s*\/\*.*\*\/\s*\n\|^\s*\[\[.*\]\]\s*\n\|^\s*#.*\n\|^\s*=[^=].*\n\|^\s*[!！]\{2}[^!！].*\n\)\@<='
" Beginnings of lines that cannot be dialogue, after blanks.
let s:marked = '\%([!！]\{2}[!！]\@!\|!\s*\S\|#\+\s*[^#[:space:]]\|==\@!\s*\S\|=\{3,}\s*$\|>\s*\S\)'
" Text below the line, notes skipped; and no text, or a boneyard.
let s:notes = '\%(\n\s*\[\[.*\]\]\s*$\)*'
let s:text = '\n\%(\s*' . s:marked . '\)\@!\s*\S'
let s:under = '\%(' . s:notes . s:text . '\)\@='
let s:alone = '\%(' . s:notes . '\n\%(\s*\/\*\)\@!\%(\s*' . s:marked . '\)\@!\s*\S\)\@!'
let s:number = '#[^#,[:space:]]\+#'
let s:words = 'film\|cast\|voice\|group\|place\|prop\|wear\|now\|gone\|here\|block\|light\|weather\|style\|music\|sound\|use\|cut'
let s:states = substitute(s:words, '..cut$', '', '')

" Boneyards, notes and emphasis, inside anything.
syntax cluster photoplayInline contains=photoplayBoneyard,photoplayNote,photoplayEmphasis,photoplayEscape
syntax region photoplayHidden contained transparent start=/\/\*/ end=/\*\// contains=NONE extend
syntax region photoplayNote contained start=/\[\[/ end=/\]\]/ end=/^\s\?$/ contains=photoplayHidden
syntax match photoplayEscape contained /\\[*_]/
syntax region photoplayEmphasis contained oneline matchgroup=photoplayMark
      \ start=/\*\@1<!\*\ze[^[:space:]*]\%(.*[^[:space:]*]\*\)\@=/ end=/\S\@1<=\*\*\@!/ contains=@photoplayInline
syntax region photoplayEmphasis contained oneline matchgroup=photoplayMark
      \ start=/\*\@1<!\*\*\ze[^[:space:]*]\%(.*[^[:space:]*]\*\*\)\@=/ end=/\S\@1<=\*\*/ contains=@photoplayInline
syntax region photoplayEmphasis contained oneline matchgroup=photoplayMark
      \ start=/\*\@1<!\*\*\*\ze[^[:space:]*]\%(.*[^[:space:]*]\*\*\*\)\@=/ end=/\S\@1<=\*\*\*/ contains=@photoplayInline
syntax region photoplayEmphasis contained oneline matchgroup=photoplayMark
      \ start=/_\@1<!_\ze[^[:space:]_]\%(.*[^[:space:]_]__\@!\)\@=/ end=/[^[:space:]_]\@1<=__\@!/ contains=@photoplayInline

" Phrases of shot lines and tails.
syntax match photoplayTechnique contained
      \ /\%("[^"]*"\|“[^”]*”\|[^,，[\]#[:space:]]\|\[\[\@!\|\]\]\@!\|#\%([^#,[:space:]]\+#\)\@!\|\d\@1<=,s\>\@=\)\%([ \t]*\%("[^"]*"\|“[^”]*”\|[^,，[\]#[:space:]]\|\[\[\@!\|\]\]\@!\|#\%([^#,[:space:]]\+#\)\@!\|\d\@1<=,s\>\@=\)\)*/
execute 'syntax match photoplayShotNumber contained /' . s:number . '/'
syntax region photoplayTail contained matchgroup=photoplayNotePunctuation start=/\[\[\%(\s*note:\)\@!\%(.*\[\[\)\@!/ end=/\]\]/ end=/^\s\?$/
      \ contains=photoplayTechnique,photoplayShotNumber,photoplayHidden

" Action: a paragraph that matches nothing below.
let s:ends = 'end=/^\s*$/ end=/^\%(\s*\%(' . s:marked . '\|\~\s*\S\|\[\[\s*\%(' . s:words . '\)\s*[:：]\)\)\@=/ contains=@photoplayInline'
execute 'syntax region photoplayAction start=/^\%(\s*\S\)\@=/ ' . s:ends
let s:ends = 'end=/^\s*$/ end=/^\%(\s*\%(\%(!\%([!！][!！]\@!\)\@!\)\@!' . s:marked . '\|\~\s*\S\|\[\[\s*\%(' . s:words . '\)\s*[:：]\)\)\@=/ contains=photoplayForced,@photoplayInline'
syntax match photoplayForced contained /^\s*!\ze\S/
execute 'syntax region photoplayAction matchgroup=photoplayMark start=/^\s*!\%([!！][!！]\@!\)\@!\ze\S/ ' . s:ends

" Headings and transitions by their marks.
execute 'syntax match photoplayHeadingLine /' . s:fresh . '\s*\.\%([[:alnum:]]\|[^\x00-\x7f]\).*$/ contains=photoplayHeading,photoplayHeadingMark'
syntax match photoplayHeading contained /\S.*$/ contains=photoplaySceneNumber,photoplayBoneyard,photoplayNote
syntax match photoplayHeadingMark contained /\%(^\s*\)\@<=\.\%([[:alnum:]]\|[^\x00-\x7f]\)\@=/ nextgroup=photoplayHeading
execute 'syntax match photoplaySceneNumber contained /' . s:number . '\%(\s*\%(\[\[.*\]\]\)\?\s*$\)\@=/'
syntax match photoplayTransitionLine /^\s*>\s*\S.*$/ contains=photoplayTransitionMark,photoplayTransition,photoplayTail
syntax match photoplayTransitionMark contained /\%(^\s*\)\@<=>/
syntax match photoplayTransition contained /[^>[:space:][]\%([^[]\|\[\[\@!\)*/
syntax match photoplayCenteredLine /^\s*>.*<\s*$/ contains=photoplayCenteredMark
syntax match photoplayCenteredMark contained /\%(^\s*\)\@<=>/ nextgroup=photoplayCentered
syntax match photoplayCentered contained /.*\ze<\s*$/ contains=@photoplayInline

" Speech: a cue with text under it, to a blank line of fewer than two spaces.
execute 'syntax match photoplayCueLine /' . s:fresh . '\%(\s*' . s:marked . '\)\@!\s*\%(@\s*\S\|\%([[:lower:](（]\@!.\)*[[:upper:]]\)\@=\%(@.*\|\%([[:lower:](（]\@!.\)*\%([(（][^)）]*[)）]\s*\)*^\?\s*\%(\[\[.*\)\?\)\_$' . s:under . '/ contains=photoplayCue,photoplayCueMark,photoplayExtension,photoplayDual,photoplayNote,photoplayBoneyard nextgroup=photoplayDialogue skipnl'
syntax match photoplayCueMark contained /\%(^\s*\)\@<=@/
syntax match photoplayCue contained /[^@[:space:]^(（[]\%([^^(（[]\|\[\[\@!\)*/
syntax region photoplayExtension contained oneline matchgroup=photoplayBracket start=/[(（]/ end=/[)）]/
syntax match photoplayDual contained /^\s*$\|\^\%(\s*\%(\[\[.*\)\?$\)\@=/
execute 'syntax region photoplayDialogue contained start=/^/ end=/^\s\?$/ end=/^\%(\s*' . s:marked . '\)\@='
      \ . '/ contains=photoplayParentheticalLine,photoplayLyricsLine,photoplayStateBody,photoplayCut,@photoplayInline'
syntax match photoplayParentheticalLine contained /^\s*[(（]\%([^[]\|\[\[\@!\)*[)）]\s*\%(\[\[.*\)\?$/
      \ contains=photoplayParenthetical,photoplayNote,photoplayCut
syntax match photoplayParenthetical contained /\%(^\s*[(（]\)\@<=\%([^[]\|\[\[\@!\)*\%([)）]\s*\%(\[\[.*\)\?$\)\@=/
syntax region photoplayCut contained matchgroup=photoplayNotePunctuation start=/\[\[\%(\s*cut\s*[:：]\)\@=/ end=/\]\]/
      \ contains=photoplayCutWord,photoplayTechnique,photoplayShotNumber,photoplayHidden
syntax match photoplayCutWord contained /\%(\[\[\s*\)\@<=cut\s*[:：]\s*\%(\cback\s*\%(\]\]\)\@=\)\?/ nextgroup=photoplayCutHead
syntax match photoplayCutHead contained /\%("[^"]*"\|“[^”]*”\|[^,，[\]#]\|\]\]\@!\|\[\[\@!\|#\%([^#,[:space:]]\+#\)\@!\)\+/
syntax match photoplayLyricsLine /^\s*\~\s*\S.*$/ contains=photoplayLyricsMark
syntax match photoplayLyricsMark contained /\%(^\s*\)\@<=\~/ nextgroup=photoplayLyrics
syntax match photoplayLyrics contained /.*$/ contains=@photoplayInline

" A heading or a transition without dialogue under it; before a cue, over a boneyard.
execute 'syntax match photoplayHeadingLine /' . s:fresh . '\s*\c\%(int\.\/ext\|int\/ext\|int\|ext\|est\|i\/e\)[. \t].*\_$' . s:alone . '/ contains=photoplayHeading,photoplayHeadingMark'
execute 'syntax match photoplayTransitionLine /' . s:fresh . '\s*\%([[:lower:]]\@!.\)*TO:\%(\s*\[\[.*\]\]\s*\)\?\_$' . s:alone . '/ contains=photoplayTransition,photoplayTail'

" Structure.
syntax match photoplaySection /^\s*#\+\s*[^#[:space:]].*$/ contains=photoplayNote,photoplayBoneyard
syntax match photoplaySynopsis /^\s*==\@!\s*\S.*$/ contains=photoplayNote,photoplayBoneyard
syntax match photoplayPageBreak /^\s*=\{3,}\s*$/

" Shots.
syntax match photoplayShotLine /^\s*[!！]\{2}[!！]\@!.*$/
      \ contains=photoplayShotHead,photoplayTechnique,photoplayShotNumber,photoplayTail,photoplayNote,photoplayBoneyard
syntax match photoplayShotHead contained
      \ /\%(^\s*\)\@<=[!！]\{2}\%("[^"]*"\|“[^”]*”\|[^,，[#/]\|\/\*\@!\|\[\[\@!\|#\%([^#,[:space:]]\+#\)\@!\)*/

" Notes and directives alone on their lines.
syntax region photoplayLoneNote start=/^\s*\[\[\%([^\]]*\]\]\s*\%(\[\[\|$\)\|[^\]]*$\)\@=/ end=/\]\]\s*$/ end=/^\s\?$/ contains=photoplayHidden
execute 'syntax region photoplayDirectiveBody matchgroup=photoplayNotePunctuation start=/\%(^\s*\|^\s*\[\[.*\]\]\s*\)\@<=\[\[\%(\s*\%(' . s:words . '\)\s*[:：]\)\@=/ end=/\]\]/ end=/^\s\?$/ contains=photoplayDirectiveWord,photoplayDirectiveBar,photoplayDirectiveQuote,photoplayHidden'
execute 'syntax region photoplayStateBody contained matchgroup=photoplayNotePunctuation start=/\%(^\s*\|^\s*\[\[.*\]\]\s*\)\@<=\[\[\%(\s*\%(' . s:states . '\)\s*[:：]\)\@=/ end=/\]\]/ end=/^\s\?$/ contains=photoplayDirectiveWord,photoplayDirectiveBar,photoplayDirectiveQuote,photoplayHidden'
execute 'syntax match photoplayDirectiveWord contained /\%(\[\[\s*\)\@<=\%(' . s:words . '\)\%(\s*[:：]\)\@=/ nextgroup=photoplayDirectiveColon'
syntax match photoplayDirectiveColon contained /\s*[:：]/
syntax match photoplayDirectiveBar contained /[|｜]/
syntax match photoplayDirectiveQuote contained transparent /"[^"]*"/ contains=NONE

" The title page: `Key: value` lines at the very top, to the first blank line.
syntax region photoplayTitlePage start=/\%^\%(\c\%(fade in\|fade out\|super\|title over\|chyron\|black\|int\|ext\|est\|i\/e\)\>\|[^:]*\<to:\|\S\+\s\+\S\+\s\+\S\+\s\+[^:]*:\)\@!\%([^[:space:]:[!#>@.~=/]\%([^:[]\|\[\[\@!\)*:\)\@=\%(\c\%(title\|credit\|authors\?\|source\|draft date\|date\|contact\)\s*:\|[^:]*:\s*\%(\S\|\n\%(\t\|   \)\)\)\@=/
      \ end=/^\s*$/ contains=photoplayTitleKey,photoplayTitleValue
syntax match photoplayTitleKey contained /^[^[:space:]:][^:]*:\@=/ nextgroup=photoplayTitleColon
syntax match photoplayTitleColon contained /:/ nextgroup=photoplayTitleValue
syntax match photoplayTitleValue contained /:\@1<=.*$\|^\s\+\S.*$/

" Boneyards begin anywhere and win over everything.
syntax region photoplayBoneyard start=/\/\*/ end=/\*\// extend

highlight default link photoplayTitleKey Keyword
highlight default link photoplayTitleValue String
highlight default link photoplayHeading Title
highlight default link photoplaySceneNumber Number
highlight default link photoplayCue Function
highlight default link photoplayExtension Type
highlight default link photoplayDual Operator
highlight default link photoplayParenthetical Identifier
highlight default link photoplayLyrics String
highlight default link photoplayTransition Statement
highlight default link photoplayCentered Constant
highlight default link photoplayShotHead Structure
highlight default link photoplayCutHead Structure
highlight default link photoplayTechnique Special
highlight default link photoplayShotNumber Number
highlight default link photoplayDirectiveWord PreProc
highlight default link photoplayCutWord PreProc
highlight default link photoplayDirectiveBody Normal
highlight default link photoplayStateBody Normal
highlight default link photoplayNote Comment
highlight default link photoplayLoneNote Comment
highlight default link photoplayTail Comment
highlight default link photoplayNotePunctuation Comment
highlight default link photoplayDirectiveColon Comment
highlight default link photoplayDirectiveBar Comment
highlight default link photoplayCut Comment
highlight default link photoplayBoneyard Comment
highlight default link photoplaySection PreProc
highlight default link photoplaySynopsis SpecialComment
highlight default link photoplayPageBreak Delimiter
highlight default link photoplayEscape SpecialChar
highlight default photoplayEmphasis term=italic cterm=italic gui=italic

let b:current_syntax = 'photoplay'
let &cpo = s:cpo
unlet s:cpo s:ends s:fresh s:marked s:notes s:text s:under s:alone s:number s:words s:states
