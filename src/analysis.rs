//! The compiler up to the shot list: parses a script, breaks it down, advises
//! on it and silences what the author allows. This is the only place that
//! puts these stages together.
//!
//! Knows their order; does not know who asks.

use crate::blocking::lint::{ContinuityCache, lint};
use crate::breakdown::allow::allow;
use crate::breakdown::screenplay::Screenplay;
use crate::breakdown::shot::ShotList;
use crate::breakdown::shots::joins::joins;
use crate::breakdown::shots::list::shot_list_with;
use crate::breakdown::shots::scene_cache::SceneCache;
use crate::breakdown::{self, Strictness, understand, understand_again};
use crate::diagnostic::{Code, Diagnostic, has_errors};
use crate::letters::boxed_letters;
use crate::narrow::narrow;
use crate::script::stray_marks::stray_marks;
use crate::script::tree::Tree;
use crate::script::{Blocks, Dialect, parse_again, parse_as};
use crate::source::{SourceId, Sources, Span, folder_of};

/// A script after all stages up to the shot list. It exists for every text,
/// half-typed ones too; a film is only made of one without errors.
#[derive(Debug)]
pub struct ScriptAnalysis {
    /// The elements of the script.
    pub tree: Tree,
    /// What they mean.
    pub screenplay: Screenplay,
    /// The film, shot by shot.
    pub list: ShotList,
    /// All messages, in the order of the script, the gravest first.
    pub diagnostics: Vec<Diagnostic>,
}

impl ScriptAnalysis {
    /// Whether the script has errors, so that no film can be made of it.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }
}

/// The results that an editor keeps between two versions of a script. The result of an
/// analysis does not depend on it, only the time does.
#[derive(Debug, Default)]
pub struct AnalysisCache {
    blocks: Blocks,
    breakdown: breakdown::PassCache,
    scenes: SceneCache,
    continuity: ContinuityCache,
}

impl AnalysisCache {
    /// Takes back the tree of a text that has changed: the next analysis
    /// reuses the blocks that are the same.
    pub fn recycle(&mut self, old: Tree) {
        self.blocks.recycle(old);
    }
}

/// Analyzes a script. Vocabularies and `cast.yaml` are added to the sources.
///
/// ```
/// use photoplay::analysis::analyze;
/// use photoplay::breakdown::Strictness;
/// use photoplay::source::Sources;
///
/// let mut sources = Sources::default();
/// let id = sources.add("film.play", "INT. KITCHEN - NIGHT\n\n!! WIDE\n\nA kettle boils.\n");
/// let analysis = analyze(&mut sources, id, Strictness::Strict);
/// assert_eq!(analysis.list.shots[0].number, "1.1");
/// assert!(!analysis.has_errors());
/// ```
pub fn analyze(sources: &mut Sources, script: SourceId, strictness: Strictness) -> ScriptAnalysis {
    analyze_with(sources, script, strictness, None, |_| Vec::new())
}

/// Analyzes a script, with what an earlier analysis left in a cache and with
/// `advice` on its shots, for example by the model that films them.
pub fn analyze_with(
    sources: &mut Sources,
    script: SourceId,
    strictness: Strictness,
    cache: Option<&mut AnalysisCache>,
    advice: impl FnOnce(&ShotList) -> Vec<Diagnostic>,
) -> ScriptAnalysis {
    let path = &sources.get(script).path;
    let (folder, dialect) = (folder_of(path), Dialect::of(path));
    let ((tree, mut diagnostics), (screenplay, understood), caches) = match cache {
        Some(AnalysisCache { blocks, breakdown, scenes, continuity }) => {
            let parsed = parse_again(sources, script, dialect, blocks);
            let understood = understand_again(&parsed.0, sources, &folder, strictness, breakdown);
            (parsed, understood, Some((scenes, continuity)))
        }
        None => {
            let parsed = parse_as(sources, script, dialect);
            let understood = understand(&parsed.0, sources, &folder, strictness);
            (parsed, understood, None)
        }
    };
    let (scenes, continuity) = caches.unzip();
    let (list, planned) = shot_list_with(&screenplay, scenes);
    diagnostics.extend(stray_marks(&tree));
    diagnostics.extend(understood);
    // Title and end cards have no scene.
    if list.shots.iter().all(|shot| shot.scene.is_empty()) {
        diagnostics.push(empty_film(script));
    }
    diagnostics.extend(strictness.soften(planned));
    diagnostics.extend(joins(&list));
    diagnostics.extend(lint(&list, continuity));
    diagnostics.extend(boxed_letters(&list, sources.get(script)));
    diagnostics.extend(advice(&list));
    narrow(&mut diagnostics, &list, sources.get(script));
    let mut diagnostics = allow(&tree, diagnostics);
    diagnostics.sort_by_key(|found| (found.span, std::cmp::Reverse(found.severity)));
    ScriptAnalysis { tree, screenplay, list, diagnostics }
}

/// The script has no shot: it is empty, or only directs and casts.
fn empty_film(script: SourceId) -> Diagnostic {
    Diagnostic::error(
        Code::EmptyFilm,
        Span::new(script, 0, 0),
        "there is no shot: nothing can be filmed",
    )
    .help("write a heading such as `INT. KITCHEN - NIGHT`, and under it what is seen")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<Code> {
        let mut sources = Sources::default();
        let id = sources.add("a.play", text);
        let analysis = analyze(&mut sources, id, Strictness::Strict);
        analysis.diagnostics.iter().map(|found| found.code).collect()
    }

    #[test]
    fn an_author_may_allow_what_the_parser_warns_of() {
        for misspelt in ["He waits. [[waer: IDA, a coat]]", "[[waer: IDA, a coat]]"] {
            let script = |remark: &str| {
                let scene = "EXT. ROAD - DAY\n\nIt rains.\n";
                codes(&format!("{scene}\n{remark}{misspelt}\n\nIt snows.\n"))
            };
            assert_eq!(script(""), [Code::MisspeltDirective], "{misspelt}");
            assert_eq!(script("[[allow: misspelt-directive]]\n\n"), [], "{misspelt}");
        }
    }
}
