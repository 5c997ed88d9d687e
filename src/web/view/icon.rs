//! Icons from our one sprite.

use maud::{Markup, html};

use crate::web::assets;

/// An icon beside a word: hidden from screen readers, which read the word.
#[must_use]
pub fn icon(name: &str) -> Markup {
    let sprite = assets::address("img/icons.svg");
    html! {
        svg class="icon" aria-hidden="true" width="20" height="20" {
            use href={ (sprite) "#" (name) } {}
        }
    }
}
