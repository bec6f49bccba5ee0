/**
 * Photoplay: Fountain 1.1, shots and directives.
 *
 * `grammar/screenplay.pest` and `src/script/lower.rs` define the language; what
 * a line is depends on the lines around it and on the case of its letters, so
 * `src/scanner.c` reads whole lines and hands them out token by token. What is
 * here is only how the tokens hang together, and every sequence the scanner can
 * make is allowed: no script has an error.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const open = ($, token) => alias(token, '[[');
const close = ($) => alias($._close, ']]');

module.exports = grammar({
  name: 'photoplay',

  // The order is that of `enum Token` in src/scanner.c.
  externals: ($) => [
    // Beginnings of lines, of no width.
    $._title_page,
    $._heading,
    $._action,
    $._more,
    $._speech,
    $._dialogue,
    $._sung,
    $._parenthetical,
    $._lyrics,
    $._centered,
    $._transition,
    $._section,
    $._synopsis,
    $._shot,
    $._page_break,
    $._notes,
    $._section_end,
    // Parts of lines.
    $.boneyard,
    $._page_break_signs,
    $.title_key,
    $.title_value,
    $.heading_text,
    $.scene_number,
    $.text,
    $.italic,
    $.bold,
    $.bold_italic,
    $.underline,
    $.underline_italic,
    $.underline_bold,
    $.underline_bold_italic,
    $.mark,
    $.character,
    $.extension,
    $.parenthetical_text,
    $.transition_text,
    $.section_marker,
    $.section_text,
    $.synopsis_text,
    $.shot_marker,
    $.shot_head,
    $.words,
    $.duration,
    $.lens,
    $.string,
    $.shot_number,
    $._comma,
    $._note_open,
    $._tail_open,
    $._cut_open,
    $._directive_open,
    $._close,
    $.note_text,
    $.directive_word,
    $.cut_back,
    $._colon,
    $._bar,
    $.name,
    $.directive_body,
    $.field,
  ],

  extras: ($) => [/[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/, $.boneyard],

  rules: {
    script: ($) => seq(optional($.title_page), repeat($._block)),

    _block: ($) => choice($.section, $.scene, $._element),

    // "Key: value" lines at the very top.
    title_page: ($) => repeat1($.title_entry),
    title_entry: ($) =>
      seq($._title_page, repeat($._title_part), repeat(seq($._more, repeat($._title_part)))),
    _title_part: ($) => choice($.title_key, alias($._colon, ':'), $.title_value, $.note),

    // `# Act One` with its content, to the next section that is not below it.
    section: ($) => seq($.section_heading, repeat($._block), $._section_end),
    section_heading: ($) =>
      seq($._section, repeat(choice($.section_marker, $.section_text, $.note))),

    // A heading with its scene.
    scene: ($) => prec.right(seq($.heading, repeat($._element))),
    heading: ($) =>
      seq($._heading, repeat(choice($.mark, $.heading_text, $.scene_number, $.note))),

    _element: ($) =>
      choice(
        $.action,
        $.speech,
        $.lyrics,
        $.centered,
        $.transition,
        $.synopsis,
        $.page_break,
        $.shot,
        $._note_line,
      ),

    action: ($) => seq($._action, repeat($._inline), repeat(seq($._more, repeat($._inline)))),
    lyrics: ($) => seq($._lyrics, repeat($._inline), repeat(seq($._more, repeat($._inline)))),
    centered: ($) => seq($._centered, repeat($._inline), repeat(seq($._more, repeat($._inline)))),

    // A cue with the speech under it.
    speech: ($) =>
      prec.right(seq(
        $.cue,
        repeat(choice($.dialogue, $.parenthetical, alias($.sung, $.lyrics))),
      )),
    cue: ($) => seq($._speech, repeat(choice($.mark, $.character, $.extension, $.note))),
    dialogue: ($) =>
      seq($._dialogue, repeat($._spoken), repeat(seq($._more, repeat($._spoken)))),
    sung: ($) => seq($._sung, repeat($._spoken), repeat(seq($._more, repeat($._spoken)))),
    parenthetical: ($) =>
      seq($._parenthetical, repeat(choice($.mark, $.parenthetical_text, $.note, $.cut))),

    transition: ($) =>
      seq($._transition, repeat(choice($.mark, $.transition_text, $.note, $.tail))),

    synopsis: ($) => seq($._synopsis, repeat(choice($.synopsis_text, $.note))),

    page_break: ($) => seq($._page_break, repeat(choice(alias($._page_break_signs, '==='), $.note))),

    // `!! CLOSE ON MARA, low angle [[slow push in, 3s]]`
    shot: ($) =>
      seq(
        $._shot,
        repeat(choice($.shot_marker, $.shot_head, $._phrases, $.note, $.tail)),
      ),
    tail: ($) => seq(open($, $._tail_open), repeat(choice($._phrases, $.note_text)), close($)),
    _phrases: ($) => choice($.phrase, alias($._comma, ','), $.shot_number),
    phrase: ($) => prec.right(repeat1(choice($.words, $.duration, $.lens, $.string))),

    _note_line: ($) => seq($._notes, repeat(choice($.note, $.directive, $.note_text))),
    note: ($) => seq(open($, $._note_open), repeat($.note_text), close($)),
    directive: ($) =>
      seq(
        open($, $._directive_open),
        repeat($.note_text),
        field('word', $.directive_word),
        repeat($.note_text),
        alias($._colon, ':'),
        repeat(choice($.name, $.directive_body, $.note_text)),
        repeat(seq(alias($._bar, '|'), repeat(choice($.field, $.note_text)))),
        close($),
      ),
    // `[[cut: INSERT - the eye]]` and `[[cut: back]]` inside a speech.
    cut: ($) =>
      seq(
        open($, $._cut_open),
        repeat($.note_text),
        field('word', $.directive_word),
        repeat($.note_text),
        alias($._colon, ':'),
        repeat(choice($.cut_back, $.shot_head, $._phrases, $.note_text)),
        close($),
      ),

    _inline: ($) => choice($._styled, $.note),
    _spoken: ($) => choice($._styled, $.note, $.cut),
    _styled: ($) =>
      choice(
        $.text,
        $.italic,
        $.bold,
        $.bold_italic,
        $.underline,
        $.underline_italic,
        $.underline_bold,
        $.underline_bold_italic,
        $.mark,
      ),
  },
});
