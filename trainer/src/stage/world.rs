//! `world.yaml`: the words that the stage can show.

use photoplay::model::ModelWords;

const WORLD: &str = include_str!("../../world.yaml");

/// The words of `world.yaml`.
pub(crate) fn vocabulary() -> ModelWords {
    serde_yaml::from_str(WORLD).expect("world.yaml is part of the trainer")
}

/// The table of words as the model folder holds it.
pub(crate) fn words() -> String {
    let mut json =
        serde_json::to_string_pretty(&vocabulary()).expect("a table of words is plain data");
    json.push('\n');
    json
}
