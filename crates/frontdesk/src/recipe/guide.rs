//! The guide for people without code, `docs/landbot.md`, held against the recipe. What differs is written anew, so that a
//! second run passes: look at the change and commit it.

use std::{fs, path::PathBuf};

use super::{Diagram, Markdown, Medium, Place, Recipe, snippet};

fn docs(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(name)
}

fn assert_written(name: &str, text: &str) {
    let path = docs(name);
    if fs::read_to_string(&path).unwrap_or_default() != text {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("the file is written");
        panic!("docs/{name} was not what the recipe says; it is written anew, look at it and commit it");
    }
}

/// The text with something else between the two marks of this name.
fn with_part(text: &str, name: &str, part: &str) -> String {
    let (begin, end) = (format!("<!-- {name} begins -->"), format!("<!-- {name} ends -->"));
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("the guide has {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("the guide has {end}"));
    format!("{before}{begin}\n\n{}\n\n{end}{after}", part.trim())
}

#[test]
fn the_guide_says_what_the_recipe_says() {
    let mut guide = fs::read_to_string(docs("landbot.md")).expect("the guide");
    let place = Place::at(None, "YOUR-HOOK");
    for medium in [Medium::Web, Medium::Whatsapp] {
        let recipe = Recipe::of(medium);
        let blocks = Markdown { recipe: &recipe, place: &place }.to_string();
        guide = with_part(&guide, &format!("recipe for {medium}"), &blocks);
    }
    guide = with_part(&guide, "snippet", &format!("```html\n{}\n```", snippet().trim()));
    assert_written("landbot.md", &guide);
}

#[test]
fn the_pictures_show_the_recipe() {
    for medium in [Medium::Web, Medium::Whatsapp] {
        let picture = Diagram::of(&Recipe::of(medium)).to_string();
        assert_written(&format!("images/lead-bot-{medium}.svg"), &picture);
    }
}

#[test]
fn a_picture_names_every_block_and_every_condition() {
    for medium in [Medium::Web, Medium::Whatsapp] {
        let recipe = Recipe::of(medium);
        let picture = Diagram::of(&recipe).to_string();
        for block in &recipe.blocks {
            assert!(picture.contains(&format!(">{}</text>", block.name)), "{}", block.name);
        }
        assert!(picture.contains(">result = denied</text>"));
    }
}
