// Splits a script into lines, boneyards and notes, before a line can be read, by the
// rules of src/script/scan.rs. Every position is a code point, counted from the start
// of the scan.

#ifndef PHOTOPLAY_LINES_H
#define PHOTOPLAY_LINES_H

#include <string.h>
#include <wctype.h>

#include "letters.h"
#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

// The gap that covers a code point.
enum Gap { LOOSE, IN_NOTE, BONEYARD_IN_NOTE, IN_BONEYARD };

typedef struct {
  int32_t letter;
  uint8_t gap;
  // A note or boneyard begins here.
  bool opens;
  // The code point as a token.
  uint8_t label;
} Cell;

typedef struct {
  TSLexer *lexer;
  Cell *cells;
  uint32_t count, capacity;
  // Gaps are known up to here.
  uint32_t gaps_to;
  bool ended;
  // No boneyard that begins from here on is closed.
  uint32_t no_boneyard;
} Text;

// "Nothing": past the end of the file.
enum { END = -1 };

static inline bool is_newline(int32_t c) { return c == '\n' || c == '\r'; }

static inline bool is_blank(int32_t c) {
  return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
         c == 0x205f || c == 0x3000;
}

static bool in_table(const Letters *table, size_t size, int32_t c) {
  size_t low = 0, high = size;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (table[middle].last < c) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < size && table[low].first <= c && (c - table[low].first) % table[low].step == 0;
}

static bool is_upper(int32_t c) {
  return c < 128 ? c >= 'A' && c <= 'Z' : in_table(UPPERCASE, UPPERCASE_SIZE, c);
}

static bool is_lower(int32_t c) {
  return c < 128 ? c >= 'a' && c <= 'z' : in_table(LOWERCASE, LOWERCASE_SIZE, c);
}

static inline bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }

static inline bool is_ascii_letter(int32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_alphanumeric(int32_t c) {
  return c < 128 ? is_digit(c) || is_ascii_letter(c)
                 : in_table(ALPHANUMERIC, ALPHANUMERIC_SIZE, c);
}

static inline int32_t small(int32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

// The code point at a position, as written.
static int32_t at(Text *text, uint32_t position) {
  while (text->count <= position) {
    if (text->ended || text->lexer->eof(text->lexer)) {
      text->ended = true;
      return END;
    }
    if (text->count == text->capacity) {
      text->capacity = text->capacity ? text->capacity * 2 : 512;
      text->cells = ts_realloc(text->cells, text->capacity * sizeof(Cell));
    }
    text->cells[text->count++] = (Cell){.letter = text->lexer->lookahead};
    text->lexer->advance(text->lexer, false);
  }
  return text->cells[position].letter;
}

// The position after a boneyard that begins here; 0 if none does.
static uint32_t boneyard_end(Text *text, uint32_t from) {
  if (from >= text->no_boneyard || at(text, from) != '/' || at(text, from + 1) != '*') return 0;
  for (uint32_t i = from + 2;; i++) {
    int32_t c = at(text, i);
    if (c == END) {
      text->no_boneyard = from;
      return 0;
    }
    if (c == '*' && at(text, i + 1) == '/') return i + 2;
  }
}

// The position after a note that begins here; 0 if none does. An empty line,
// another `[[` or the end of the file leave it unclosed.
static uint32_t note_end(Text *text, uint32_t from) {
  if (at(text, from) != '[' || at(text, from + 1) != '[') return 0;
  uint32_t i = from + 2;
  for (;;) {
    int32_t c = at(text, i);
    uint32_t skipped = boneyard_end(text, i);
    if (skipped) {
      i = skipped;
    } else if (c == END || (c == '[' && at(text, i + 1) == '[')) {
      return 0;
    } else if (c == ']' && at(text, i + 1) == ']') {
      return i + 2;
    } else if (is_newline(c)) {
      i += c == '\r' && at(text, i + 1) == '\n' ? 2 : 1;
      uint32_t spaces = 0, j = i;
      for (;;) {
        uint32_t end = boneyard_end(text, j);
        c = at(text, j);
        if (end) {
          spaces += end - j;
          j = end;
        } else if (c == END || is_newline(c) || !is_blank(c)) {
          break;
        } else {
          spaces += c == ' ';
          j++;
        }
      }
      if ((c == END || is_newline(c)) && spaces < 2) return 0;
      i = j;
    } else {
      i++;
    }
  }
}

static void cover(Text *text, uint32_t from, uint32_t to, enum Gap gap) {
  for (uint32_t i = from; i < to; i++) text->cells[i].gap = gap;
  text->cells[from].opens = true;
}

// Finds the gaps up to and with a position.
static void find_gaps(Text *text, uint32_t position) {
  while (text->gaps_to <= position && at(text, text->gaps_to) != END) {
    uint32_t from = text->gaps_to;
    uint32_t end = boneyard_end(text, from);
    if (end) {
      cover(text, from, end, IN_BONEYARD);
      text->gaps_to = end;
    } else if ((end = note_end(text, from))) {
      cover(text, from, end, IN_NOTE);
      for (uint32_t i = from + 2; i < end - 2;) {
        uint32_t inner = boneyard_end(text, i);
        for (uint32_t j = i; j < inner; j++) text->cells[j].gap = BONEYARD_IN_NOTE;
        i = inner ? inner : i + 1;
      }
      text->gaps_to = end;
    } else {
      // An unclosed `[[` is passed whole, as `[[[` opens at its first bracket.
      bool bracket = at(text, from) == '[' && at(text, from + 1) == '[';
      text->gaps_to = from + (bracket ? 2 : 1);
    }
  }
}

static enum Gap gap_at(Text *text, uint32_t position) {
  find_gaps(text, position);
  return position < text->count ? text->cells[position].gap : LOOSE;
}

// The code point at a position with boneyards and notes blanked.
static int32_t bare(Text *text, uint32_t position) {
  int32_t c = at(text, position);
  return c != END && gap_at(text, position) != LOOSE ? ' ' : c;
}

// The same with boneyards blanked.
static int32_t noted(Text *text, uint32_t position) {
  int32_t c = at(text, position);
  return c != END && gap_at(text, position) >= BONEYARD_IN_NOTE ? ' ' : c;
}

typedef struct {
  uint32_t start, end;
} Range;

static inline bool is_empty(Range range) { return range.start >= range.end; }

enum Kind { BLANK, HELD, DROPPED, NOTES, WRITTEN };

typedef struct {
  Range whole;
  // Without blanks; gaps count as blanks.
  Range trimmed;
  enum Kind kind;
} Line;

typedef int32_t (*View)(Text *, uint32_t);

static Range trim(Text *text, Range range, View view) {
  while (range.start < range.end && is_blank(view(text, range.start))) range.start++;
  while (range.end > range.start && is_blank(view(text, range.end - 1))) range.end--;
  return range;
}

static Line read_line(Text *text, uint32_t start) {
  Line line = {.kind = BLANK};
  bool note = false, boneyard = false;
  uint32_t end = start, spaces = 0;
  for (;; end++) {
    int32_t c = at(text, end);
    enum Gap gap = c == END ? LOOSE : gap_at(text, end);
    if (c == END || (gap == LOOSE && is_newline(c))) break;
    note |= gap == IN_NOTE;
    boneyard |= gap == IN_BONEYARD;
    spaces += c == ' ';
  }
  line.whole = (Range){start, end};
  line.trimmed = trim(text, line.whole, bare);
  if (!is_empty(line.trimmed)) {
    line.kind = WRITTEN;
  } else if (note) {
    line.kind = NOTES;
  } else if (boneyard) {
    line.kind = DROPPED;
  } else if (spaces >= 2) {
    line.kind = HELD;
  }
  return line;
}

// The beginning of the next line; `END` after the last.
static bool next_line(Text *text, Line *line) {
  int32_t c = at(text, line->whole.end);
  if (c == END) return false;
  uint32_t start = line->whole.end + (c == '\r' && at(text, line->whole.end + 1) == '\n' ? 2 : 1);
  if (at(text, start) == END) return false;
  *line = read_line(text, start);
  return true;
}

#endif
