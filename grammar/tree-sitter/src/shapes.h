// The shape of a line by itself: the rules of grammar/screenplay.pest that begin a
// line, and the case of letters by the rules of src/script/lower.rs.

#ifndef PHOTOPLAY_SHAPES_H
#define PHOTOPLAY_SHAPES_H

#include "lines.h"

enum Rule {
  PLAIN,
  PARENTHETICAL,
  FORCED_HEADING,
  FORCED_CUE,
  LYRIC,
  SHOT_LINE,
  FORCED_ACTION,
  SECTION,
  SYNOPSIS,
  PAGE_BREAK,
  CENTERED,
  FORCED_TRANSITION,
};

typedef struct {
  enum Rule rule;
  // Without its marks.
  Range inner;
} Shape;

static inline bool ends_speech(enum Rule rule) { return rule >= SHOT_LINE; }

static inline bool is_bang(int32_t c) { return c == '!' || c == 0xff01; }
static inline bool is_comma(int32_t c) { return c == ',' || c == 0xff0c; }
static inline bool is_colon(int32_t c) { return c == ':' || c == 0xff1a; }
static inline bool is_bar(int32_t c) { return c == '|' || c == 0xff5c; }
static inline bool opens_bracket(int32_t c) { return c == '(' || c == 0xff08; }
static inline bool closes_bracket(int32_t c) { return c == ')' || c == 0xff09; }

static Shape shape_of(Text *text, Range span) {
  Shape shape = {PLAIN, span};
  uint32_t i = span.start, end = span.end;
  if (end - i < 2) return shape;
  int32_t first = bare(text, i), second = bare(text, i + 1), last = bare(text, end - 1);
  uint32_t inner = i + 1;
  while (inner < end && is_blank(bare(text, inner))) inner++;
  switch (first) {
  case '=': {
    uint32_t signs = i;
    while (signs < end && bare(text, signs) == '=') signs++;
    if (signs == end && signs - i >= 3) {
      shape.rule = PAGE_BREAK;
    } else if (second != '=') {
      shape = (Shape){SYNOPSIS, {inner, end}};
    }
    return shape;
  }
  case '!':
  case 0xff01:
    if (is_bang(second) && (end - i == 2 || !is_bang(bare(text, i + 2)))) {
      shape = (Shape){SHOT_LINE, {i + 2, end}};
    } else if (first == '!') {
      shape = (Shape){FORCED_ACTION, {i + 1, end}};
    }
    return shape;
  case '~':
    return (Shape){LYRIC, {i + 1, end}};
  case '#': {
    uint32_t hashes = i;
    while (hashes < end && bare(text, hashes) == '#') hashes++;
    if (hashes < end) shape = (Shape){SECTION, {hashes, end}};
    return shape;
  }
  case '>':
    if (last == '<' && inner < end - 1 && bare(text, inner) != '<') {
      return (Shape){CENTERED, {inner, end - 1}};
    }
    return (Shape){FORCED_TRANSITION, {inner, end}};
  case '.':
    if (is_alphanumeric(second)) shape = (Shape){FORCED_HEADING, {i + 1, end}};
    return shape;
  case '@':
    return (Shape){FORCED_CUE, {inner, end}};
  case '(':
  case 0xff08:
    if (closes_bracket(last)) shape = (Shape){PARENTHETICAL, {i + 1, end - 1}};
    return shape;
  default:
    return shape;
  }
}

// Whether a range begins with a word, in small ASCII letters, in any case.
static bool begins(Text *text, Range range, View view, const char *word) {
  uint32_t length = (uint32_t)strlen(word);
  if (range.end - range.start < length) return false;
  for (uint32_t i = 0; i < length; i++) {
    if (small(view(text, range.start + i)) != word[i]) return false;
  }
  return true;
}

static bool is_word(Text *text, Range range, View view, const char *word) {
  return range.end - range.start == strlen(word) && begins(text, range, view, word);
}

static bool is_natural_heading(Text *text, Range range) {
  static const char *const prefixes[] = {"int./ext", "int/ext", "int", "ext", "est", "i/e"};
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    if (!begins(text, range, bare, prefixes[i])) continue;
    uint32_t after = range.start + (uint32_t)strlen(prefixes[i]);
    return after < range.end && (bare(text, after) == '.' || is_blank(bare(text, after)));
  }
  return false;
}

static bool is_transition(Text *text, const Line *line) {
  Range range = line->trimmed;
  if (range.end - range.start < 3) return false;
  Range last = {range.end - 3, range.end};
  if (!is_word(text, last, bare, "to:") || bare(text, last.start) != 'T' ||
      bare(text, last.start + 1) != 'O') {
    return false;
  }
  for (uint32_t i = range.start; i < range.end; i++) {
    if (is_lower(bare(text, i))) return false;
  }
  // A blank after the colon prevents it, a note does not.
  if (range.end == line->whole.end) return true;
  for (uint32_t i = range.end; i < line->whole.end; i++) {
    if (gap_at(text, i) != LOOSE) return true;
  }
  return false;
}

// The name of a line read as a cue: to its first bracket or caret when only
// extensions and a caret follow, else to a caret at its end.
static Range cue_name(Text *text, Range range) {
  uint32_t name = range.start;
  while (name < range.end && !opens_bracket(bare(text, name)) && bare(text, name) != '^') name++;
  uint32_t i = name;
  while (name > range.start && i < range.end && opens_bracket(bare(text, i))) {
    uint32_t j = i + 1;
    while (j < range.end && !closes_bracket(bare(text, j))) j++;
    if (j == range.end) break;
    for (i = j + 1; i < range.end && is_blank(bare(text, i));) i++;
  }
  if (i < range.end && bare(text, i) == '^') i++;
  if (i != range.end || name == range.start) {
    name = bare(text, range.end - 1) == '^' ? range.end - 1 : range.end;
  }
  return trim(text, (Range){range.start, name}, bare);
}

// "Entirely in uppercase", with a letter that has case.
static bool is_cue(Text *text, Range range) {
  Range name = cue_name(text, range);
  bool upper = false;
  for (uint32_t i = name.start; i < name.end; i++) {
    int32_t c = bare(text, i);
    if (is_lower(c)) return false;
    upper |= is_upper(c);
  }
  return upper;
}

// The start of the number at the end of a range, `#1A#`; the end if there is none.
static uint32_t number_start(Text *text, Range range, View view) {
  if (range.end - range.start < 3 || view(text, range.end - 1) != '#') return range.end;
  bool empty = true;
  for (uint32_t i = range.end - 1; i-- > range.start;) {
    int32_t c = view(text, i);
    if (c == '#') return empty ? range.end : i;
    if (c == ' ') continue;
    if (c != '-' && c != '.' && !is_alphanumeric(c)) break;
    empty = false;
  }
  return range.end;
}

// The position after text in quotes that begins here; 0 if none does.
static uint32_t quoted_end(Text *text, uint32_t from, uint32_t end, View view) {
  int32_t stops[2];
  int32_t again = 0;
  switch (view(text, from)) {
  case '"':
    stops[0] = stops[1] = '"';
    break;
  case 0x201c:
    stops[0] = stops[1] = 0x201d;
    again = 0x201c;
    break;
  case 0x201e:
    stops[0] = 0x201c, stops[1] = 0x201d;
    again = 0x201e;
    break;
  case 0xab:
    stops[0] = stops[1] = 0xbb;
    again = 0xab;
    break;
  default:
    return 0;
  }
  for (uint32_t i = from + 1; i < end; i++) {
    int32_t c = view(text, i);
    if (c == stops[0] || c == stops[1]) return i + 1;
    if (c == again) return 0;
  }
  return 0;
}

#endif
