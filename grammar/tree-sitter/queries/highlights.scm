; Each node has one class of the compiler's; the names are those that Neovim,
; Helix and Emacs know. Action and dialogue are the text's own colour.

(title_key) @property
(title_value) @string

(heading_text) @markup.heading
(scene_number) @label

(character) @function
(extension) @type.qualifier
(parenthetical_text) @variable.parameter

(lyrics (text) @string)
(centered (text) @constant)
(transition_text) @keyword.control

(italic) @markup.italic
(bold) @markup.bold
(bold) @markup.strong
(bold_italic) @markup.bold
(bold_italic) @markup.strong
(bold_italic) @markup.italic
(underline) @markup.underline
(underline_italic) @markup.underline
(underline_italic) @markup.italic
(underline_bold) @markup.underline
(underline_bold) @markup.strong
(underline_bold_italic) @markup.underline
(underline_bold_italic) @markup.strong
(mark) @punctuation.special

(shot_marker) @type
(shot_head) @type
(words) @constant
(duration) @number
(lens) @number
(string) @string.special
(shot_number) @label
(shot "," @punctuation.delimiter)

(directive_word) @keyword.directive
(cut ":" @keyword.directive)
(cut_back) @keyword.directive
(name) @function

(note ["[[" "]]"] @comment)
(note_text) @comment
(tail ["[[" "," "]]"] @comment)
(cut ["[[" "," "]]"] @comment)
(directive ["[[" ":" "|" "]]"] @comment)
(boneyard) @comment

(section_marker) @markup.heading
(section_text) @markup.heading
(synopsis_text) @comment.documentation
(page_break) @punctuation.special
