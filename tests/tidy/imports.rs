//! Which module of a crate uses which: by `use` lines and by paths in the code.
//! A re-export leads to the module that holds the item.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::source::{SOURCES, Source};

/// The path of a module, without the crate.
pub(crate) type Module = Vec<String>;

/// One module uses another.
pub(crate) struct Import {
    pub(crate) from: Module,
    pub(crate) to: Module,
    /// `file:line`
    pub(crate) place: String,
}

/// A name that a `use` line brings into a module.
struct Use {
    path: Vec<String>,
    name: String,
    line: usize,
    /// Whether it is only handed on.
    public: bool,
}

/// A module with its file.
struct File<'s> {
    source: &'s Source,
    uses: Vec<Use>,
    /// Paths in the code, each with its line.
    paths: Vec<(Vec<String>, usize)>,
}

/// The imports of the crate photoplay.
pub(crate) static OURS: LazyLock<Vec<Import>> = LazyLock::new(|| imports("src"));

/// Every import between modules of the crate whose sources are below `folder`.
pub(crate) fn imports(folder: &str) -> Vec<Import> {
    let sources = SOURCES.iter().filter_map(|source| {
        let path = source.path.strip_prefix(folder)?.strip_prefix('/')?;
        Some((module(path)?, read(source)))
    });
    let files: BTreeMap<Module, File<'_>> = sources.collect();
    let mut found = Vec::new();
    for (from, file) in &files {
        let mut add = |to: Module, line: usize| {
            if to != *from {
                let place = format!("{}:{line}", file.source.path);
                found.push(Import { from: from.clone(), to, place });
            }
        };
        for used in &file.uses {
            let in_code = file.paths.iter().any(|(path, _)| path[0] == used.name);
            let Some((to, item)) = resolve(&files, from, &used.path, 0) else { continue };
            // The name of a module is followed by the paths that begin with it.
            if item.is_some() && (!used.public || in_code) {
                add(to, used.line);
            }
        }
        for (path, line) in &file.paths {
            if path.len() < 2 {
                continue;
            }
            let local = files.contains_key(&joined(from, &path[..1]));
            let used = file.uses.iter().find(|used| used.name == path[0]);
            let whole = match used {
                Some(used) => [&used.path[..], &path[1..]].concat(),
                None if local || relative(&path[0]) => path.clone(),
                None => continue,
            };
            if let Some((to, Some(_))) = resolve(&files, from, &whole, 0) {
                add(to, *line);
            }
        }
    }
    found
}

fn relative(word: &str) -> bool {
    matches!(word, "crate" | "self" | "super")
}

fn joined(module: &[String], rest: &[String]) -> Module {
    [module, rest].concat()
}

/// The module of a file; programs are none.
fn module(path: &str) -> Option<Module> {
    let path = path.strip_suffix(".rs")?;
    if path.starts_with("bin/") || path == "main" {
        return (path == "main").then(Vec::new);
    }
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if path == "lib" {
        return Some(Vec::new());
    }
    Some(path.split('/').map(str::to_owned).collect())
}

/// The module that holds what a path names, and the item if the path goes on
/// beyond the module.
fn resolve(
    files: &BTreeMap<Module, File<'_>>,
    from: &[String],
    path: &[String],
    depth: usize,
) -> Option<(Module, Option<String>)> {
    let mut module = from.to_vec();
    let mut rest = path;
    match &*path[0] {
        "crate" => (module, rest) = (Vec::new(), &path[1..]),
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|word| word == "super") {
                module.pop()?;
                rest = &rest[1..];
            }
        }
        first if files.contains_key(&joined(from, &[first.to_owned()])) => {}
        _ => return None,
    }
    while let [next, after @ ..] = rest {
        let inner = joined(&module, std::slice::from_ref(next));
        if !files.contains_key(&inner) {
            break;
        }
        (module, rest) = (inner, after);
    }
    let Some(item) = rest.first() else { return Some((module, None)) };
    let handed_on = files.get(&module)?.uses.iter().find(|used| used.name == *item);
    if let Some(used) = handed_on.filter(|_| depth < 8) {
        let whole = [&used.path[..], &rest[1..]].concat();
        // What is not of this crate is the room's own affair.
        return resolve(files, &module, &whole, depth + 1);
    }
    Some((module, Some(item.clone())))
}

fn read(source: &Source) -> File<'_> {
    let mut file = File { source, uses: Vec::new(), paths: Vec::new() };
    let mut at = 0;
    while at < source.tokens.len() {
        let token = &source.tokens[at];
        if token.test {
            at += 1;
        } else if token.text == "use" && source.at(at + 1) != "<" {
            let public = at > 0 && matches!(source.at(at - 1), "pub" | ")");
            at = tree(source, at + 1, &[], public, &mut file.uses);
        } else if is_word(&token.text) {
            let line = token.line;
            let mut path = vec![token.text.clone()];
            while source.at(at + 1) == "::" && is_word(source.at(at + 2)) {
                path.push(source.at(at + 2).to_owned());
                at += 2;
            }
            at += 1;
            file.paths.push((path, line));
        } else {
            at += 1;
        }
    }
    file
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads a `use` tree; returns where it ends.
fn tree(
    source: &Source,
    start: usize,
    before: &[String],
    public: bool,
    uses: &mut Vec<Use>,
) -> usize {
    let mut path = before.to_vec();
    let mut at = start;
    loop {
        match source.at(at) {
            "{" => {
                at += 1;
                while !matches!(source.at(at), "}" | "") {
                    at = tree(source, at, &path, public, uses);
                    at += usize::from(source.at(at) == ",");
                }
                return at + 1;
            }
            "*" => return at + 1,
            "::" => at += 1,
            word if is_word(word) && word != "as" => {
                path.push(word.to_owned());
                at += 1;
                if source.at(at) == "::" {
                    continue;
                }
                let mut name = path.last().cloned().unwrap_or_default();
                if name == "self" {
                    path.pop();
                    name = path.last().cloned().unwrap_or_default();
                }
                if source.at(at) == "as" {
                    source.at(at + 1).clone_into(&mut name);
                    at += 2;
                }
                let line = source.tokens[at.min(source.tokens.len() - 1)].line;
                uses.push(Use { path, name, line, public });
                return at;
            }
            _ => return at + 1,
        }
    }
}

/// Every circle among `imports` whose modules are below `room`: the shortest
/// through each group of modules that reach each other.
pub(crate) fn circles(imports: &[Import], room: &[String]) -> Vec<String> {
    let mut arrows: BTreeMap<&Module, BTreeMap<&Module, &str>> = BTreeMap::new();
    for import in imports {
        if import.from.starts_with(room) && import.to.starts_with(room) {
            let places = arrows.entry(&import.from).or_default();
            places.entry(&import.to).or_insert(&import.place);
        }
    }
    let mut seen: BTreeSet<&Module> = BTreeSet::new();
    let mut found = Vec::new();
    for start in arrows.keys() {
        if seen.contains(start) {
            continue;
        }
        let Some(circle) = shortest(&arrows, start) else { continue };
        seen.extend(circle.iter().map(|(module, _)| *module));
        let steps =
            circle.iter().map(|(module, place)| format!("  {} ({place})", module.join("::")));
        found.push(format!("{}:\n{}", room.join("::"), steps.collect::<Vec<_>>().join("\n")));
    }
    found
}

type Arrows<'i> = BTreeMap<&'i Module, BTreeMap<&'i Module, &'i str>>;

/// The shortest way from a module back to itself: each module with the place
/// of the import that leads on from it.
fn shortest<'i>(arrows: &Arrows<'i>, start: &'i Module) -> Option<Vec<(&'i Module, &'i str)>> {
    let mut came: BTreeMap<&Module, (&Module, &str)> = BTreeMap::new();
    let mut next = vec![start];
    while !next.is_empty() && !came.contains_key(start) {
        let mut after = Vec::new();
        for module in next {
            for (to, place) in arrows.get(module).into_iter().flatten() {
                if !came.contains_key(to) {
                    came.insert(to, (module, place));
                    after.push(*to);
                }
            }
        }
        next = after;
    }
    let mut circle = Vec::new();
    let (mut from, mut place) = *came.get(start)?;
    loop {
        circle.insert(0, (from, place));
        if from == start {
            return Some(circle);
        }
        (from, place) = came[from];
    }
}
