//! A text from parser to shot list, and the formatter: whatever it is, it is
//! read, every span lies in it, and a second formatting changes nothing. The
//! half of it is read first, so that what is remembered is there to be wrong.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use photoplay::breakdown::shots::list::shot_list;
use photoplay::breakdown::{PassCache, Strictness, understand, understand_again};
use photoplay::diagnostic::Diagnostic;
use photoplay::script::format::format;
use photoplay::script::highlight::highlight;
use photoplay::script::{Blocks, Dialect, parse_again, parse_as};
use photoplay::source::{SourceId, Sources};

fn source(text: &str) -> (Sources, SourceId) {
    let mut sources = Sources::default();
    let id = sources.add("fuzz.play", text);
    (sources, id)
}

fn told(text: &str, mut memory: Option<&mut (Blocks, PassCache)>) -> (Sources, Vec<Diagnostic>, String) {
    let (mut sources, id) = source(text);
    let folder = Path::new("/nonexistent");
    let (dialect, strictness) = (Dialect::Play, Strictness::Strict);
    let (tree, mut all, film, more, list, last) = match &mut memory {
        Some((blocks, memory)) => {
            let (tree, all) = parse_again(&sources, id, dialect, blocks);
            let (film, more) =
                understand_again(&tree, &mut sources, folder, strictness, memory);
            let (list, last) = shot_list(&film);
            (tree, all, film, more, list, last)
        }
        None => {
            let (tree, all) = parse_as(&sources, id, dialect);
            let (film, more) = understand(&tree, &mut sources, folder, strictness);
            let (list, last) = shot_list(&film);
            (tree, all, film, more, list, last)
        }
    };
    all.extend(more);
    all.extend(last);
    for colour in highlight(&tree, sources.get(id)) {
        let range = colour.span.start as usize..colour.span.end as usize;
        assert!(text.get(range).is_some(), "{colour:?}");
    }
    let meant = std::format!("{tree:?}{:?}{list:?}", film.scenes);
    if let Some((blocks, _)) = memory {
        blocks.give_back(tree);
    }
    (sources, all, meant)
}

fuzz_target!(|text: &str| {
    let mut memory = (Blocks::default(), PassCache::default());
    let mut half = text.len() / 2;
    while !text.is_char_boundary(half) {
        half -= 1;
    }
    told(&text[..half], Some(&mut memory));
    let (sources, said, meant) = told(text, None);
    assert_eq!((said.clone(), meant), {
        let (_, said, meant) = told(text, Some(&mut memory));
        (said, meant)
    });
    for span in said.iter().filter_map(|said| said.span) {
        let written = &sources.get(span.source).text;
        assert!(written.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
    }
    let (sources, id) = source(text);
    let once = format(&sources, id);
    let (sources, id) = source(&once);
    assert_eq!(format(&sources, id), once);
});
