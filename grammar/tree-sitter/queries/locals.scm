; A character, place or prop is introduced by a directive, and meant by cues and
; by the directives that change it. The whole script is one scope.

(script) @local.scope

(directive
  word: (directive_word) @_word
  (name) @local.definition
  (#any-of? @_word "cast" "voice" "group" "place" "prop"))

(directive
  word: (directive_word) @_word
  (name) @local.reference
  (#any-of? @_word "wear" "now" "gone" "here"))

(cue (character) @local.reference)
