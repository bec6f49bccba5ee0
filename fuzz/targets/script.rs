//! Analyzes any text, after its first half with the same cache: every span lies
//! in the text, and the cache changes nothing. Formatting it twice is formatting
//! it once.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use photoplay::analysis::{AnalysisCache, analyze_with};
use photoplay::breakdown::Strictness;
use photoplay::diagnostic::Diagnostic;
use photoplay::script::format::format;
use photoplay::script::highlight::highlight;
use photoplay::source::files::MemoryFiles;
use photoplay::source::{SourceId, Sources};

fn source(text: &str) -> (Sources, SourceId) {
    let mut sources = Sources::new(Arc::new(MemoryFiles::new()));
    let id = sources.add("fuzz.play", text);
    (sources, id)
}

/// Analyzes a text: its diagnostics, and everything else as one string.
fn analyzed(text: &str, mut cache: Option<&mut AnalysisCache>) -> (Sources, Vec<Diagnostic>, String) {
    let (mut sources, id) = source(text);
    let reused = cache.as_deref_mut();
    let analysis = analyze_with(&mut sources, id, Strictness::Strict, reused, |_| Vec::new());
    let (tree, list) = (analysis.tree, analysis.list);
    for colour in highlight(&tree, sources.get(id)) {
        let range = colour.span.start as usize..colour.span.end as usize;
        assert!(text.get(range).is_some(), "{colour:?}");
    }
    let meaning = std::format!("{tree:?}{:?}{list:?}", analysis.screenplay.scenes);
    if let Some(cache) = cache {
        cache.recycle(tree);
    }
    (sources, analysis.diagnostics, meaning)
}

fuzz_target!(|text: &str| {
    let mut cache = AnalysisCache::default();
    let mut half = text.len() / 2;
    while !text.is_char_boundary(half) {
        half -= 1;
    }
    analyzed(&text[..half], Some(&mut cache));
    let (sources, diagnostics, meaning) = analyzed(text, None);
    let (_, cached_diagnostics, cached_meaning) = analyzed(text, Some(&mut cache));
    assert_eq!((&diagnostics, meaning), (&cached_diagnostics, cached_meaning));
    for span in diagnostics.iter().filter_map(|found| found.span) {
        let written = &sources.get(span.source).text;
        assert!(written.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
    }
    let (sources, id) = source(text);
    let once = format(&sources, id);
    let (sources, id) = source(&once);
    assert_eq!(format(&sources, id), once);
});
