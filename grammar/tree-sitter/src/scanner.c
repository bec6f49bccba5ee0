// Classifies every line and returns it token by token: a port of
// src/script/lower.rs, which is the definition. At the beginning of a line the
// scanner reads the whole line, and the lines below if they matter; it keeps the
// other tokens of the line as lengths.

#include "labels.h"

// The element that the lines before have begun.
enum Mode { FILE_START, TITLE_PAGE, BODY, IN_ACTION, IN_FORCED_ACTION, SPOKEN, CENTRED, SUNG_ALONE };

// The part of a speech that a line may continue.
enum Part { NO_PART, SPOKEN_PART, SUNG_PART };

enum { MOST_TOKENS = 128, MOST_BYTES = 900, MOST_SECTIONS = 32 };

typedef struct {
  uint8_t token;
  uint32_t skip, length;
} Piece;

typedef struct {
  uint8_t mode, part;
  // An empty line is before, with only notes, sections and shots between.
  bool fresh;
  // Such lines are between the last line and the next.
  bool blank, held;
  // Inside a line: its end is still to come.
  bool in_line;
  // Only boneyards so far on this line.
  bool dropped;
  bool no_boneyard;
  uint8_t sections;
  uint8_t levels[MOST_SECTIONS];
  uint8_t first, count;
  Piece queue[MOST_TOKENS];
  // Not kept.
  Text text;
} Scanner;

// ─── Tokens of a line ────────────────────────────────────────────────────────

static uint32_t number_size(uint32_t number) {
  uint32_t size = 1;
  while (number >>= 7) size++;
  return size;
}

// Turns the labels of a line into tokens. An extremely long line is one token.
static void compile(Scanner *s, Range line, enum Token instead) {
  Text *text = &s->text;
  uint32_t done = 0, size = 0;
  s->first = s->count = 0;
  for (uint32_t i = line.start; i < line.end;) {
    Cell *cells = text->cells;
    if (is_blank(cells[i].letter)) {
      i++;
      continue;
    }
    uint32_t from = i, last = i;
    for (uint8_t label = cells[i].label; i < line.end && cells[i].label == label; i++) {
      if (!is_blank(cells[i].letter)) last = i + 1;
    }
    Piece piece = {cells[from].label, from - done, last - from};
    size += 1 + number_size(piece.skip) + number_size(piece.length);
    if (s->count == MOST_TOKENS || size > MOST_BYTES) {
      s->count = 0;
      Range whole = trim(text, line, at);
      s->queue[s->count++] = (Piece){(uint8_t)instead, whole.start, whole.end - whole.start};
      break;
    }
    s->queue[s->count++] = piece;
    done = last;
  }
  s->in_line = true;
  s->dropped = false;
}

static bool emit(TSLexer *lexer, enum Token token) {
  lexer->result_symbol = token;
  return true;
}

static bool next_piece(Scanner *s, TSLexer *lexer) {
  Piece piece = s->queue[s->first++];
  for (uint32_t i = 0; i < piece.skip; i++) lexer->advance(lexer, true);
  for (uint32_t i = 0; i < piece.length; i++) lexer->advance(lexer, false);
  lexer->mark_end(lexer);
  return emit(lexer, piece.token);
}

// ─── Title page ──────────────────────────────────────────────────────────────

// The colon after the key; the line's end if it has none.
static uint32_t key_end(Text *text, Range line) {
  if (is_blank(bare(text, line.start))) return line.end;
  uint32_t i = line.start;
  while (i < line.end && bare(text, i) != ':') i++;
  return i == line.start ? line.end : i;
}

static bool opens_title_page(Text *text, const Line *line) {
  uint32_t colon = key_end(text, line->whole);
  if (colon == line->whole.end) return false;
  Range key = trim(text, (Range){line->whole.start, colon}, bare);
  static const char *const openings[] = {"fade in",    "fade out", "super",
                                         "title over", "chyron",   "black"};
  for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
    if (is_word(text, key, bare, openings[i])) return false;
  }
  uint32_t words = 0;
  bool apart = true;
  for (uint32_t i = key.start; i < key.end; i++) {
    // A note inside a word does not split it.
    if (gap_at(text, i) != LOOSE) continue;
    bool blank = is_blank(at(text, i));
    words += apart && !blank;
    apart = blank;
  }
  bool to = key.end - key.start >= 3 && is_word(text, (Range){key.end - 3, key.end}, bare, " to");
  if (to || words > 3 || shape_of(text, line->trimmed).rule != PLAIN ||
      is_natural_heading(text, line->trimmed)) {
    return false;
  }
  static const char *const known[] = {"title",      "credit", "author",  "authors", "source",
                                      "draft date", "date",   "contact"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (is_word(text, key, bare, known[i])) return true;
  }
  if (!is_empty(trim(text, (Range){colon + 1, line->whole.end}, bare))) return true;
  Line next = *line;
  if (!next_line(text, &next) || next.kind != WRITTEN) return false;
  uint32_t start = next.whole.start;
  return bare(text, start) == '\t' || (bare(text, start) == ' ' && bare(text, start + 1) == ' ' &&
                                       bare(text, start + 2) == ' ');
}

static enum Token title_line(Scanner *s, const Line *line, bool indented) {
  Text *text = &s->text;
  uint32_t colon = indented ? line->whole.end : key_end(text, line->whole);
  label(text, line->whole, TITLE_VALUE);
  if (colon < line->whole.end) {
    label(text, (Range){line->whole.start, colon}, TITLE_KEY);
    text->cells[colon].label = COLON;
  }
  label_gaps(text, line->whole, IN_TEXT);
  compile(s, line->whole, TITLE_VALUE);
  s->mode = TITLE_PAGE;
  return colon < line->whole.end ? AT_TITLE_PAGE : AT_MORE;
}

// ─── Lines in their surroundings ─────────────────────────────────────────────

// Whether the next printed line below can be dialogue; a held line between them may
// be allowed.
static bool speech_under(Text *text, Line line, bool over_held) {
  while (next_line(text, &line)) {
    if (line.kind == NOTES || line.kind == DROPPED || (over_held && line.kind == HELD)) continue;
    return line.kind == WRITTEN && !ends_speech(shape_of(text, line.trimmed).rule);
  }
  return false;
}

// Whether a boneyard on lines of its own separates a line from the next.
static bool boneyard_under(Text *text, Line line) {
  while (next_line(text, &line) && (line.kind == NOTES || line.kind == DROPPED)) {
    if (line.kind == DROPPED) return true;
  }
  return false;
}

static void label_emphasised(Scanner *s, const Line *line, Range inner, enum Place place) {
  Text *text = &s->text;
  label_loose(text, line->whole, MARK);
  // Text includes the notes after it.
  Range words = trim(text, inner, bare);
  for (uint32_t i = words.end; i < line->whole.end; i++) {
    enum Gap gap = gap_at(text, i);
    if (gap == IN_NOTE || gap == BONEYARD_IN_NOTE) words.end = i + 1;
  }
  label_text(text, words);
  label_gaps(text, line->whole, place);
  compile(s, line->whole, TEXT);
}

// A line whose text has one label and its marks another.
static void label_simple(Scanner *s, const Line *line, Range inner, enum Token token,
                         enum Token mark, enum Place place) {
  label(&s->text, line->whole, mark);
  label(&s->text, trim(&s->text, inner, bare), token);
  label_gaps(&s->text, line->whole, place);
  compile(s, line->whole, token);
}

static enum Token begin_heading(Scanner *s, const Line *line, Range inner) {
  Text *text = &s->text;
  inner = trim(text, inner, bare);
  uint32_t number = number_start(text, inner, bare);
  label(text, line->whole, MARK);
  label(text, (Range){inner.start, number}, HEADING_TEXT);
  label(text, (Range){number, inner.end}, SCENE_NUMBER);
  label_gaps(text, line->whole, IN_TEXT);
  compile(s, line->whole, HEADING_TEXT);
  s->mode = BODY;
  return AT_HEADING;
}

static enum Token begin_speech(Scanner *s, const Line *line, Range cue) {
  Text *text = &s->text;
  Range name = cue_name(text, cue);
  label(text, line->whole, MARK);
  label(text, name, CHARACTER);
  for (uint32_t i = name.end; i < cue.end; i++) {
    if (!opens_bracket(bare(text, i))) continue;
    uint32_t end = i + 1;
    while (end < cue.end && !closes_bracket(bare(text, end))) end++;
    label(text, trim(text, (Range){i + 1, end}, bare), EXTENSION);
    i = end;
  }
  label_gaps(text, line->whole, IN_TEXT);
  compile(s, line->whole, CHARACTER);
  s->mode = SPOKEN;
  s->part = NO_PART;
  return AT_SPEECH;
}

static enum Token begin_action(Scanner *s, const Line *line, const Shape *shape) {
  bool forced = shape->rule == FORCED_ACTION;
  Range inner = forced ? shape->inner : line->trimmed;
  label_emphasised(s, line, inner, IN_TEXT);
  s->mode = forced ? IN_FORCED_ACTION : IN_ACTION;
  return AT_ACTION;
}

static enum Token begin_transition(Scanner *s, const Line *line, Range inner) {
  label_simple(s, line, inner, TRANSITION_TEXT, MARK, AFTER_PHRASES);
  s->mode = BODY;
  return AT_TRANSITION;
}

static enum Token begin_group(Scanner *s, const Line *line, const Shape *shape) {
  bool centered = shape->rule == CENTERED;
  enum Mode mode = centered ? CENTRED : SUNG_ALONE;
  bool more = s->mode == mode;
  label_emphasised(s, line, shape->inner, IN_TEXT);
  s->mode = mode;
  return more ? AT_MORE : centered ? AT_CENTERED : AT_LYRICS;
}

static enum Token begin_shot(Scanner *s, const Line *line, const Shape *shape) {
  Text *text = &s->text;
  label(text, line->whole, SHOT_MARKER);
  label_phrases(text, shape->inner, bare, true);
  label_gaps(text, line->whole, AFTER_PHRASES);
  compile(s, line->whole, SHOT_HEAD);
  s->mode = BODY;
  return AT_SHOT;
}

static enum Token begin_notes(Scanner *s, const Line *line) {
  label_gaps(&s->text, line->whole, ALONE);
  compile(s, line->whole, NOTE_TEXT);
  s->mode = BODY;
  return AT_NOTES;
}

// The token that begins a line of text.
static enum Token begin_element(Scanner *s, const Line *line, const Shape *shape) {
  Text *text = &s->text;
  switch (shape->rule) {
  case PAGE_BREAK:
    label_simple(s, line, line->trimmed, PAGE_BREAK_SIGNS, PAGE_BREAK_SIGNS, IN_TEXT);
    s->mode = BODY;
    return AT_PAGE_BREAK;
  case SHOT_LINE:
    return begin_shot(s, line, shape);
  case SECTION:
    label_simple(s, line, shape->inner, SECTION_TEXT, SECTION_MARKER, IN_TEXT);
    s->mode = BODY;
    return AT_SECTION;
  case SYNOPSIS:
    label_simple(s, line, line->trimmed, SYNOPSIS_TEXT, SYNOPSIS_TEXT, IN_TEXT);
    s->mode = BODY;
    return AT_SYNOPSIS;
  case CENTERED:
  case LYRIC:
    return begin_group(s, line, shape);
  case FORCED_TRANSITION:
    return begin_transition(s, line, shape->inner);
  case FORCED_ACTION:
    return begin_action(s, line, shape);
  default:
    break;
  }
  if (s->fresh) {
    if (shape->rule == FORCED_HEADING) return begin_heading(s, line, shape->inner);
    if (shape->rule == FORCED_CUE) return begin_speech(s, line, shape->inner);
    bool over = speech_under(text, *line, false);
    if (!over || boneyard_under(text, *line)) {
      if (is_natural_heading(text, line->trimmed)) return begin_heading(s, line, line->trimmed);
      if (is_transition(text, line)) return begin_transition(s, line, line->trimmed);
    }
    if (over && is_cue(text, line->trimmed)) return begin_speech(s, line, line->trimmed);
  }
  return begin_action(s, line, shape);
}

// A line of a paragraph of action, if it is one.
static bool goes_on_in_action(Scanner *s, const Line *line, const Shape *shape) {
  bool forced = s->mode == IN_FORCED_ACTION;
  if (line->kind == NOTES) {
    if (holds_directive(&s->text, line->whole)) return false;
    label_emphasised(s, line, (Range){line->whole.end, line->whole.end}, IN_TEXT);
    return true;
  }
  switch (shape->rule) {
  case FORCED_ACTION:
    if (!forced) return false;
    label_emphasised(s, line, shape->inner, IN_TEXT);
    return true;
  case PLAIN:
  case PARENTHETICAL:
  case FORCED_HEADING:
  case FORCED_CUE:
    label_emphasised(s, line, line->trimmed, IN_TEXT);
    return true;
  default:
    return false;
  }
}

// The token that begins a line of a speech, if it is one.
static bool goes_on_in_speech(Scanner *s, const Line *line, const Shape *shape,
                              enum Token *token) {
  Text *text = &s->text;
  bool written = line->kind == WRITTEN;
  if (written && ends_speech(shape->rule)) return false;
  if (!written && (s->held || holds_directive(text, line->whole)) &&
      !speech_under(text, *line, true)) {
    return false;
  }
  if (written && shape->rule == PARENTHETICAL) {
    label_simple(s, line, shape->inner, PARENTHETICAL_TEXT, MARK, IN_SPEECH);
    s->part = NO_PART;
    *token = AT_PARENTHETICAL;
    return true;
  }
  bool sung = written ? shape->rule == LYRIC : s->part == SUNG_PART;
  Range inner = !written ? (Range){line->whole.end, line->whole.end}
                : sung   ? shape->inner
                         : line->trimmed;
  label_emphasised(s, line, inner, IN_SPEECH);
  enum Part part = sung ? SUNG_PART : SPOKEN_PART;
  *token = s->part == part ? AT_MORE : sung ? AT_SUNG : AT_DIALOGUE;
  s->part = part;
  return true;
}

// ─── Lines in order ──────────────────────────────────────────────────────────

static enum Token begin_line(Scanner *s, const Line *line, bool indented) {
  Text *text = &s->text;
  Shape shape = line->kind == WRITTEN ? shape_of(text, line->trimmed) : (Shape){PLAIN, line->whole};
  enum Token token;
  bool empty = s->blank || s->held;
  if (s->mode == FILE_START) {
    s->fresh = true;
    s->mode = BODY;
    if (line->kind == WRITTEN && !indented && opens_title_page(text, line)) {
      return title_line(s, line, indented);
    }
  }
  if (s->mode == TITLE_PAGE && !empty) return title_line(s, line, indented);
  if (s->mode == SPOKEN && !s->blank && goes_on_in_speech(s, line, &shape, &token)) return token;
  if (empty) {
    s->fresh = true;
    s->mode = BODY;
  }
  if ((s->mode == IN_ACTION || s->mode == IN_FORCED_ACTION) && goes_on_in_action(s, line, &shape)) {
    return AT_MORE;
  }
  if (line->kind == NOTES) return begin_notes(s, line);
  token = begin_element(s, line, &shape);
  s->fresh = shape.rule == SHOT_LINE || shape.rule == SECTION || shape.rule == SYNOPSIS;
  return token;
}

static bool close_section(Scanner *s, TSLexer *lexer) {
  s->sections--;
  return emit(lexer, SECTION_END);
}

static void pass_newline(TSLexer *lexer) {
  bool carriage = lexer->lookahead == '\r';
  lexer->advance(lexer, true);
  if (carriage && lexer->lookahead == '\n') lexer->advance(lexer, true);
}

static bool scan_line(Scanner *s, TSLexer *lexer) {
  uint32_t spaces = 0;
  // Text after a boneyard is not the beginning of a line.
  bool indented = s->in_line;
  for (; !lexer->eof(lexer); lexer->advance(lexer, true)) {
    while (is_newline(lexer->lookahead)) {
      if (!s->in_line) *(spaces >= 2 ? &s->held : &s->blank) = true;
      s->fresh |= s->dropped;
      s->in_line = s->dropped = indented = false;
      spaces = 0;
      pass_newline(lexer);
    }
    if (lexer->eof(lexer) || !is_blank(lexer->lookahead)) break;
    spaces += lexer->lookahead == ' ';
    indented = true;
  }
  lexer->mark_end(lexer);
  if (lexer->eof(lexer)) return s->sections > 0 && close_section(s, lexer);

  Text *text = &s->text;
  text->lexer = lexer;
  text->count = text->gaps_to = 0;
  text->ended = false;
  text->no_boneyard = s->no_boneyard ? 0 : UINT32_MAX;
  // A boneyard at the beginning of a line is a token before the line is classified.
  if (boneyard_end(text, 0)) {
    lexer->mark_end(lexer);
    s->dropped |= !s->in_line;
    s->in_line = true;
    return emit(lexer, BONEYARD);
  }
  Line line = read_line(text, 0);
  if (line.kind == WRITTEN && s->sections > 0) {
    Shape shape = shape_of(text, line.trimmed);
    uint32_t level = shape.inner.start - line.trimmed.start;
    bool full = s->sections == MOST_SECTIONS;
    if (shape.rule == SECTION && (full || s->levels[s->sections - 1] >= (level < 255 ? level : 255))) {
      return close_section(s, lexer);
    }
  }
  enum Token token = begin_line(s, &line, indented);
  if (token == AT_SECTION) {
    uint32_t level = shape_of(text, line.trimmed).inner.start - line.trimmed.start;
    s->levels[s->sections++] = (uint8_t)(level < 255 ? level : 255);
  }
  s->no_boneyard = text->no_boneyard < line.whole.end;
  s->blank = s->held = false;
  return emit(lexer, token);
}

void *tree_sitter_photoplay_external_scanner_create(void) {
  return ts_calloc(1, sizeof(Scanner));
}

void tree_sitter_photoplay_external_scanner_destroy(void *payload) {
  Scanner *s = payload;
  ts_free(s->text.cells);
  ts_free(s);
}

// ─── State ───────────────────────────────────────────────────────────────────

static unsigned put_number(char *buffer, unsigned size, uint32_t number) {
  for (; number > 127; number >>= 7) buffer[size++] = (char)(number | 128);
  buffer[size++] = (char)number;
  return size;
}

static unsigned get_number(const char *buffer, unsigned at, uint32_t *number) {
  *number = 0;
  unsigned shift = 0;
  for (; buffer[at] & 128; shift += 7) *number |= (uint32_t)(buffer[at++] & 127) << shift;
  *number |= (uint32_t)buffer[at++] << shift;
  return at;
}

unsigned tree_sitter_photoplay_external_scanner_serialize(void *payload, char *buffer) {
  Scanner *s = payload;
  unsigned size = 0;
  buffer[size++] = (char)(s->mode | s->part << 4);
  buffer[size++] = (char)(s->fresh | s->blank << 1 | s->held << 2 | s->in_line << 3 |
                          s->no_boneyard << 4 | s->dropped << 5);
  buffer[size++] = (char)s->sections;
  for (unsigned i = 0; i < s->sections; i++) buffer[size++] = (char)s->levels[i];
  for (unsigned i = s->first; i < s->count; i++) {
    buffer[size++] = (char)s->queue[i].token;
    size = put_number(buffer, size, s->queue[i].skip);
    size = put_number(buffer, size, s->queue[i].length);
  }
  return size;
}

void tree_sitter_photoplay_external_scanner_deserialize(void *payload, const char *buffer,
                                                        unsigned length) {
  Scanner *s = payload;
  Text text = s->text;
  memset(s, 0, sizeof *s);
  s->text = text;
  if (length == 0) return;
  s->mode = buffer[0] & 15;
  s->part = (uint8_t)buffer[0] >> 4;
  s->fresh = buffer[1] & 1;
  s->blank = buffer[1] >> 1 & 1;
  s->held = buffer[1] >> 2 & 1;
  s->in_line = buffer[1] >> 3 & 1;
  s->no_boneyard = buffer[1] >> 4 & 1;
  s->dropped = buffer[1] >> 5 & 1;
  s->sections = (uint8_t)buffer[2];
  memcpy(s->levels, buffer + 3, s->sections);
  for (unsigned at = 3 + s->sections; at < length;) {
    Piece *piece = &s->queue[s->count++];
    piece->token = (uint8_t)buffer[at++];
    at = get_number(buffer, at, &piece->skip);
    at = get_number(buffer, at, &piece->length);
  }
}

bool tree_sitter_photoplay_external_scanner_scan(void *payload, TSLexer *lexer,
                                                 const bool *valid_symbols) {
  (void)valid_symbols;
  Scanner *s = payload;
  return s->first < s->count ? next_piece(s, lexer) : scan_line(s, lexer);
}
