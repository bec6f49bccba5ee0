//! The time of each stage from text to shot list in a script of 5,000 lines. `make bench`.

mod long;

use std::path::Path;

use divan::{Bencher, black_box};
use photoplay::blocking::block;
use photoplay::breakdown::prompts::advice::advise;
use photoplay::breakdown::screenplay::Screenplay;
use photoplay::breakdown::shots::list::shot_list;
use photoplay::breakdown::{Strictness, understand};
use photoplay::model::Model;
use photoplay::script::parse as parse_script;
use photoplay::script::tree::Tree;
use photoplay::source::{SourceId, Sources};

fn main() {
    divan::main();
}

fn source() -> (Sources, SourceId) {
    let mut sources = Sources::default();
    let id = sources.add("long.play", long::script());
    (sources, id)
}

fn tree() -> (Sources, Tree) {
    let (sources, id) = source();
    let (tree, _) = parse_script(&sources, id);
    (sources, tree)
}

fn screenplay() -> Screenplay {
    let (mut sources, tree) = tree();
    understand(&tree, &mut sources, Path::new("."), Strictness::Strict).0
}

#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    let (sources, id) = source();
    bencher.bench(|| parse_script(black_box(&sources), id));
}

#[divan::bench]
fn understanding(bencher: Bencher<'_, '_>) {
    let (sources, tree) = tree();
    bencher.with_inputs(|| sources.clone()).bench_values(|mut sources| {
        understand(black_box(&tree), &mut sources, Path::new("."), Strictness::Strict)
    });
}

#[divan::bench]
fn shots(bencher: Bencher<'_, '_>) {
    let screenplay = screenplay();
    bencher.bench(|| shot_list(black_box(&screenplay)));
}

#[divan::bench]
fn advice(bencher: Bencher<'_, '_>) {
    let (list, _) = shot_list(&screenplay());
    let model = Model::embedded().expect("it is in the binary");
    bencher.bench(|| advise(black_box(&list), &model));
}

/// Of a film of 240 shots.
#[divan::bench]
fn blocking(bencher: Bencher<'_, '_>) {
    let (mut list, _) = shot_list(&screenplay());
    list.shots.truncate(240);
    bencher.bench(|| block(black_box(&list)));
}
