// Gives every code point of a line a label, the token that it is part of, by the
// rules of src/script/{shot,notes,text}.rs.

#ifndef PHOTOPLAY_LABELS_H
#define PHOTOPLAY_LABELS_H

#include "shapes.h"

// The externals of grammar.js, in their order.
enum Token {
  AT_TITLE_PAGE,
  AT_HEADING,
  AT_ACTION,
  AT_MORE,
  AT_SPEECH,
  AT_DIALOGUE,
  AT_SUNG,
  AT_PARENTHETICAL,
  AT_LYRICS,
  AT_CENTERED,
  AT_TRANSITION,
  AT_SECTION,
  AT_SYNOPSIS,
  AT_SHOT,
  AT_PAGE_BREAK,
  AT_NOTES,
  SECTION_END,
  BONEYARD,
  PAGE_BREAK_SIGNS,
  TITLE_KEY,
  TITLE_VALUE,
  HEADING_TEXT,
  SCENE_NUMBER,
  TEXT,
  ITALIC,
  BOLD,
  BOLD_ITALIC,
  UNDERLINE,
  UNDERLINE_ITALIC,
  UNDERLINE_BOLD,
  UNDERLINE_BOLD_ITALIC,
  MARK,
  CHARACTER,
  EXTENSION,
  PARENTHETICAL_TEXT,
  TRANSITION_TEXT,
  SECTION_MARKER,
  SECTION_TEXT,
  SYNOPSIS_TEXT,
  SHOT_MARKER,
  SHOT_HEAD,
  WORDS,
  DURATION,
  LENS,
  STRING,
  SHOT_NUMBER,
  COMMA,
  NOTE_OPEN,
  TAIL_OPEN,
  CUT_OPEN,
  DIRECTIVE_OPEN,
  CLOSE,
  NOTE_TEXT,
  DIRECTIVE_WORD,
  CUT_BACK,
  COLON,
  BAR,
  NAME,
  DIRECTIVE_BODY,
  FIELD,
};

// TEXT and the labels after it: the styles that are on.
enum { IS_ITALIC = 1, IS_BOLD = 2, IS_UNDERLINED = 4 };

static void label(Text *text, Range range, enum Token token) {
  for (uint32_t i = range.start; i < range.end; i++) text->cells[i].label = token;
}

// Labels everything outside of gaps.
static void label_loose(Text *text, Range range, enum Token token) {
  for (uint32_t i = range.start; i < range.end; i++) {
    if (gap_at(text, i) == LOOSE) text->cells[i].label = token;
  }
}

// ─── Text ────────────────────────────────────────────────────────────────────

typedef struct {
  uint32_t start, length;
  bool stars, can_open, can_close;
} Emphasis;

// The next run of stars or underscores that may be a mark, from `*i` on.
static bool next_emphasis(Text *text, uint32_t *i, Range line, Emphasis *found) {
  for (; *i < line.end; (*i)++) {
    int32_t c = bare(text, *i);
    int32_t next = *i + 1 < line.end ? bare(text, *i + 1) : END;
    if (c == '\\' && (next == '*' || next == '_')) {
      (*i)++;
    } else if (c == '*' || c == '_') {
      uint32_t start = *i;
      while (*i < line.end && bare(text, *i) == c) (*i)++;
      uint32_t length = *i - start;
      *found = (Emphasis){.start = start, .length = length, .stars = c == '*'};
      int32_t before = start > line.start ? bare(text, start - 1) : END;
      int32_t after = *i < line.end ? bare(text, *i) : END;
      // `snake_case` and `2*3*4` have no emphasis.
      bool inside = c == '*' ? is_digit(before) && is_digit(after)
                             : is_alphanumeric(before) && is_alphanumeric(after);
      found->can_close = before != END && !is_blank(before) && !inside;
      found->can_open = after != END && !is_blank(after) && !inside;
      if (length <= (c == '*' ? 3u : 1u)) return true;
      (*i)--;
    }
  }
  return false;
}

// The styles that a mark touches.
static uint8_t styles_of(const Emphasis *mark) {
  return mark->stars ? (uint8_t)mark->length : IS_UNDERLINED;
}

// The styles of an opening mark that a later mark closes.
static uint8_t closed_later(Text *text, uint32_t from, Range line, uint8_t opened) {
  uint8_t closed = 0;
  Emphasis mark;
  while (closed != opened && next_emphasis(text, &from, line, &mark)) {
    if (mark.can_close) closed |= opened & styles_of(&mark);
  }
  return closed;
}

// The number of bytes of a mark.
static uint32_t used(uint8_t styles) {
  return (styles & IS_ITALIC ? 1 : 0) + (styles & IS_BOLD ? 2 : 0) + (styles & IS_UNDERLINED ? 1 : 0);
}

// Words and marks of a line of text.
static void label_text(Text *text, Range line) {
  uint8_t open = 0, on = 0;
  uint32_t i = line.start, done = line.start;
  Emphasis mark;
  while (next_emphasis(text, &i, line, &mark)) {
    uint8_t touched = styles_of(&mark), toggled = 0;
    bool closes = mark.can_close && (open & touched);
    if (closes) {
      toggled = on & touched;
      open &= ~touched;
    } else if (mark.can_open && !(open & touched)) {
      toggled = closed_later(text, i, line, touched);
      open |= touched;
    }
    // The unused part of an opening mark is before it.
    uint32_t from = closes ? mark.start : mark.start + mark.length - used(toggled);
    label_loose(text, (Range){done, from}, TEXT + on);
    done = from + used(toggled);
    label_loose(text, (Range){from, done}, MARK);
    on ^= toggled;
  }
  label_loose(text, (Range){done, line.end}, TEXT + on);
}

// ─── Phrases ─────────────────────────────────────────────────────────────────

static uint32_t blanks(Text *text, uint32_t i, uint32_t end, View view) {
  while (i < end && is_blank(view(text, i))) i++;
  return i;
}

static bool is_unit(Text *text, Range range, View view) {
  static const char *const units[] = {"seconds", "second", "secs", "sec", "s"};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (is_word(text, range, view, units[i])) return true;
  }
  return false;
}

static uint32_t digits(Text *text, uint32_t i, uint32_t end, View view) {
  while (i < end && is_digit(view(text, i))) i++;
  return i;
}

// Labels a phrase by its shape.
static enum Token phrase_token(Text *text, Range range, View view) {
  uint32_t whole = digits(text, range.start, range.end, view);
  uint32_t i = whole;
  if (i < range.end && view(text, i) == '.') {
    uint32_t fraction = digits(text, i + 1, range.end, view);
    if (fraction > i + 1) i = fraction;
  }
  if (i == range.start) return WORDS;
  Range unit = {blanks(text, i, range.end, view), range.end};
  if (is_unit(text, unit, view)) return DURATION;
  if (i == whole && begins(text, unit, view, "mm")) {
    Range lens = {blanks(text, unit.start + 2, range.end, view), range.end};
    bool apart = lens.start > unit.start + 2;
    if (is_empty(lens) || (apart && is_word(text, lens, view, "lens"))) return LENS;
  }
  return WORDS;
}

static void label_phrase(Text *text, Range range, View view) {
  uint32_t number = number_start(text, range, view);
  Range phrase = trim(text, (Range){range.start, number}, view);
  if (number < range.end) {
    // `continues #12#`: the number names the shot to continue.
    bool continues = phrase.end < number && is_word(text, phrase, view, "continues");
    label(text, (Range){number, range.end}, continues ? WORDS : SHOT_NUMBER);
  }
  label(text, phrase, phrase_token(text, phrase, view));
  for (uint32_t i = phrase.start; i < phrase.end; i++) {
    uint32_t end = quoted_end(text, i, phrase.end, view);
    if (!end) continue;
    label(text, (Range){i, end}, STRING);
    i = end - 1;
  }
}

// Whether a comma separates phrases: `3,s` is a typing mistake.
static bool parts_phrases(Text *text, uint32_t i, Range range, View view) {
  if (!is_comma(view(text, i))) return false;
  if (view(text, i) != ',' || i == range.start || !is_digit(view(text, i - 1))) return true;
  uint32_t end = i + 1;
  while (end < range.end && is_alphanumeric(view(text, end))) end++;
  return !is_unit(text, (Range){i + 1, end}, view);
}

// Whether a phrase begins with a picture: `from "rain.png"`.
static bool is_picture(Text *text, Range phrase, View view) {
  static const char *const words[] = {"from", "to"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!begins(text, phrase, view, words[i])) continue;
    uint32_t after = phrase.start + (uint32_t)strlen(words[i]);
    uint32_t quoted = blanks(text, after, phrase.end, view);
    if (quoted > after && quoted < phrase.end) {
      return quoted_end(text, quoted, phrase.end, view) == phrase.end;
    }
  }
  return false;
}

// Whether technique stands in the place of a head.
static bool is_technique(Text *text, Range part, View view) {
  uint32_t number = number_start(text, part, view);
  Range phrase = trim(text, (Range){part.start, number}, view);
  if (is_empty(phrase)) return false;
  return phrase_token(text, phrase, view) != WORDS || is_picture(text, phrase, view);
}

// Phrases between commas, the first of them a head or not.
static void label_phrases(Text *text, Range range, View view, bool head) {
  uint32_t from = range.start;
  for (uint32_t i = range.start; i <= range.end; i++) {
    uint32_t quoted = i < range.end ? quoted_end(text, i, range.end, view) : 0;
    if (quoted) {
      i = quoted - 1;
      continue;
    }
    if (i < range.end && !parts_phrases(text, i, range, view)) continue;
    Range part = trim(text, (Range){from, i}, view);
    if (head && !is_empty(part) && !is_technique(text, part, view)) {
      uint32_t number = number_start(text, part, view);
      label(text, (Range){number, part.end}, SHOT_NUMBER);
      label(text, (Range){part.start, number}, SHOT_HEAD);
    } else if (!is_empty(part)) {
      label_phrase(text, part, view);
    }
    if (i < range.end) text->cells[i].label = COMMA;
    head = false;
    from = i + 1;
  }
}

// ─── Notes ───────────────────────────────────────────────────────────────────

static const char *const DIRECTIVES[] = {
    "film", "block", "light", "weather", "style", "music", "sound", "use", "cut",
    // The body of these begins with a name.
    "cast", "voice", "group", "place", "prop", "wear", "now", "gone", "here",
};
enum { CUT = 8, FIRST_NAMED = 9, DIRECTIVE_COUNT = 18 };

typedef struct {
  // Its index, or -1.
  int which;
  Range word;
  uint32_t colon;
} Directive;

// The directive of a note, at a place that allows directives.
static Directive directive_of(Text *text, Range note) {
  Directive none = {.which = -1};
  Range content = {note.start + 2, note.end - 2};
  uint32_t start = blanks(text, content.start, content.end, noted), end = start;
  while (end < content.end && is_ascii_letter(noted(text, end))) end++;
  uint32_t colon = blanks(text, end, content.end, noted);
  if (end == start || colon == content.end || !is_colon(noted(text, colon))) return none;
  for (int i = 0; i < DIRECTIVE_COUNT; i++) {
    if (end - start != strlen(DIRECTIVES[i])) continue;
    bool same = true;
    for (uint32_t j = start; j < end; j++) same &= noted(text, j) == DIRECTIVES[i][j - start];
    if (same) return (Directive){i, {start, end}, colon};
  }
  return none;
}

// The note that begins at a position.
static Range note_at(Text *text, uint32_t start) {
  uint32_t end = start + 1;
  while (end < text->count && text->cells[end].gap != LOOSE && text->cells[end].gap != IN_BONEYARD &&
         !text->cells[end].opens) {
    end++;
  }
  return (Range){start, end};
}

static bool opens_note(Text *text, uint32_t i) {
  return gap_at(text, i) == IN_NOTE && text->cells[i].opens;
}

static void label_brackets(Text *text, Range note, enum Token open) {
  label(text, (Range){note.start, note.start + 2}, open);
  label(text, (Range){note.end - 2, note.end}, CLOSE);
}

static void label_remark(Text *text, Range note) {
  label(text, note, NOTE_TEXT);
  label_brackets(text, note, NOTE_OPEN);
}

static void label_tail(Text *text, Range note) {
  label(text, note, NOTE_TEXT);
  label_phrases(text, (Range){note.start + 2, note.end - 2}, noted, false);
  label_brackets(text, note, TAIL_OPEN);
}

static void label_cut(Text *text, Range note, const Directive *cut) {
  Range body = trim(text, (Range){cut->colon + 1, note.end - 2}, noted);
  label(text, note, NOTE_TEXT);
  if (is_word(text, body, noted, "back")) {
    label(text, body, CUT_BACK);
  } else {
    label_phrases(text, body, noted, true);
  }
  label(text, cut->word, DIRECTIVE_WORD);
  text->cells[cut->colon].label = COLON;
  label_brackets(text, note, CUT_OPEN);
}

static void label_directive(Text *text, Range note, const Directive *directive) {
  Range rest = {directive->colon + 1, note.end - 2};
  label(text, note, NOTE_TEXT);
  bool body = true;
  uint32_t from = rest.start;
  for (uint32_t i = rest.start; i <= rest.end; i++) {
    uint32_t quoted = i < rest.end ? quoted_end(text, i, rest.end, noted) : 0;
    if (quoted) {
      i = quoted - 1;
      continue;
    }
    if (i < rest.end && !is_bar(noted(text, i))) continue;
    Range part = trim(text, (Range){from, i}, noted);
    label(text, part, body ? DIRECTIVE_BODY : FIELD);
    if (body && directive->which >= FIRST_NAMED) {
      uint32_t end = part.start;
      while (end < part.end && !is_comma(noted(text, end)) && noted(text, end) != '=') end++;
      label(text, trim(text, (Range){part.start, end}, noted), NAME);
    }
    if (i < rest.end) text->cells[i].label = BAR;
    body = false;
    from = i + 1;
  }
  label(text, directive->word, DIRECTIVE_WORD);
  text->cells[directive->colon].label = COLON;
  label_brackets(text, note, DIRECTIVE_OPEN);
}

// The place of a note, which decides what it can be.
enum Place { IN_TEXT, IN_SPEECH, ALONE, AFTER_PHRASES };

static void label_gaps(Text *text, Range line, enum Place place) {
  uint32_t tail = END;
  if (place == AFTER_PHRASES) {
    for (uint32_t i = line.start; i < line.end; i++) {
      if (opens_note(text, i)) tail = i;
    }
    if (tail != (uint32_t)END) {
      Range note = note_at(text, tail);
      Range content = trim(text, (Range){tail + 2, note.end - 2}, noted);
      static const char *const remark = "note:";
      bool same = content.end - content.start >= 5;
      for (uint32_t i = 0; same && i < 5; i++) same = noted(text, content.start + i) == remark[i];
      // A tail follows other text.
      if (same || is_empty(trim(text, (Range){line.start, tail}, bare))) tail = END;
    }
  }
  for (uint32_t i = line.start; i < line.end; i++) {
    if (gap_at(text, i) == IN_BONEYARD) text->cells[i].label = BONEYARD;
    if (!opens_note(text, i)) continue;
    Range note = note_at(text, i);
    Directive directive = directive_of(text, note);
    if (i == tail) {
      label_tail(text, note);
    } else if (place == IN_SPEECH && directive.which == CUT) {
      label_cut(text, note, &directive);
    } else if (place == ALONE && directive.which >= 0) {
      label_directive(text, note, &directive);
    } else {
      label_remark(text, note);
    }
    i = note.end - 1;
  }
}

static bool holds_directive(Text *text, Range line) {
  for (uint32_t i = line.start; i < line.end; i++) {
    if (opens_note(text, i) && directive_of(text, note_at(text, i)).which >= 0) return true;
  }
  return false;
}

#endif
