//! The recipe itself: is it whole, can it be read, and does Frontdesk read what it sends?

use super::*;

const MEDIA: [Medium; 2] = [Medium::Web, Medium::Whatsapp];

fn printed(medium: Medium, place: &Place) -> String {
    Printed { recipe: &Recipe::of(medium), place, bot: "shop" }.to_string()
}

fn here() -> Place {
    Place::at(Some("https://desk.example.com"), "fdh_SECRET")
}

#[test]
fn the_recipe_for_a_page_is_printed() {
    insta::assert_snapshot!(printed(Medium::Web, &here()));
}

#[test]
fn the_recipe_for_whatsapp_without_a_public_url_is_printed() {
    insta::assert_snapshot!(printed(Medium::Whatsapp, &Place::unknown()));
}

#[test]
fn no_printed_line_is_longer_than_a_terminal() {
    for medium in MEDIA {
        for place in [here(), Place::unknown()] {
            let printed = printed(medium, &place);
            let long: Vec<_> = printed.lines().filter(|line| line.chars().count() > text::WIDTH).collect();
            assert_eq!(long, [""; 0]);
        }
    }
}
