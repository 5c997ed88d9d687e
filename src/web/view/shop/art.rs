//! The shop's pictures: plain shapes, coloured by the style sheet.

use maud::{Markup, html};

/// The picture of one article.
pub(super) fn picture(name: &str) -> Markup {
    html! {
        svg class={ "art art-" (name) } viewBox="0 0 120 120" aria-hidden="true" {
            rect class="wall" x="0" y="0" width="120" height="120" {}
            circle class="sun" cx="88" cy="34" r="22" {}
            rect class="shelf" x="0" y="94" width="120" height="26" {}
            ellipse class="shade" cx="60" cy="95" rx="34" ry="4" {}
            (shape(name))
        }
    }
}

/// What stands on the shelf.
fn shape(name: &str) -> Markup {
    match name {
        "jug" => html! {
            path class="glass" d="M44 34h30l4 14c6 20 4 40-6 46H48c-10-6-12-26-6-46z" {}
            path class="water" d="M41 60c12 5 26-5 39 0 3 16 0 30-8 34H48c-8-4-10-18-7-34z" {}
            path class="line" d="M78 46c16-2 18 26 1 30" {}
            path class="shine" d="M50 42c-4 12-5 26-2 40" {}
        },
        "soap" => html! {
            rect class="body" x="30" y="62" width="60" height="32" rx="10" {}
            rect class="band" x="30" y="72" width="60" height="12" {}
            path class="leaf" d="M60 58c-14-6-14-22 0-30 14 8 14 24 0 30z" {}
            path class="line thin" d="M60 58V34" {}
        },
        "bowl" => html! {
            path class="body" d="M26 58h68c0 22-14 36-34 36S26 80 26 58z" {}
            ellipse class="band" cx="60" cy="58" rx="34" ry="8" {}
            ellipse class="inside" cx="60" cy="58" rx="28" ry="5.5" {}
        },
        "towel" => html! {
            rect class="body" x="32" y="34" width="56" height="60" rx="6" {}
            path class="line thin" d="M38 76h44M38 82h44M38 88h44" {}
            path class="band" d="M32 46h56v10H32z" {}
        },
        "can" => html! {
            path class="line" d="M44 54c-4-26 34-28 32 0" {}
            path class="body" d="M38 54h42l4 40H34z" {}
            path class="body" d="M82 78 104 50l-6-4-18 20z" {}
            path class="line" d="m95 42 14 11" {}
        },
        _ => html! {
            rect class="body" x="42" y="56" width="36" height="38" rx="4" {}
            rect class="band" x="42" y="68" width="36" height="14" {}
            path class="line thin" d="M60 56v-8" {}
            path class="flame" d="M60 50c-8-6-4-14 0-20 4 6 8 14 0 20z" {}
        },
    }
}

/// The opening picture: a window sill over the sea.
pub(super) fn scene() -> Markup {
    html! {
        svg class="scene" viewBox="0 0 420 320" aria-hidden="true" {
            rect class="sky" x="0" y="0" width="420" height="320" rx="8" {}
            circle class="sun" cx="310" cy="96" r="44" {}
            path class="hill" d="M0 176c50-46 100-46 150-10s90 20 130-14 90-20 140 12v60H0z" {}
            path class="sea" d="M0 190c40 10 80-10 120 0s80-10 120 0 80-10 120 0 40-4 60 0v130H0z" {}
            path class="wave" d="M20 216c20 6 40-6 60 0M150 232c20 6 40-6 60 0M300 220c20 6 40-6 60 0" {}
            rect class="sill" x="0" y="262" width="420" height="58" {}
            g transform="translate(60 172)" {
                path class="glass" d="M14 0h40l6 20c8 30 5 64-8 74H16C3 84 0 50 8 20z" {}
                path class="water" d="M7 44c16 7 36-7 54 0 3 24-2 44-10 50H17C9 88 4 68 7 44z" {}
                path class="line" d="M60 18c22-2 26 40 2 46" {}
            }
            g transform="translate(190 216)" {
                path class="body" d="M0 0h92c0 30-20 50-46 50S0 30 0 0z" {}
                ellipse class="band" cx="46" cy="0" rx="46" ry="9" {}
                ellipse class="inside" cx="46" cy="0" rx="38" ry="6" {}
            }
            g transform="translate(318 150)" {
                path class="line" d="M28 112V40" {}
                path class="leaf" d="M28 44C8 36 8 12 28 0c20 12 20 36 0 44z" {}
                path class="leaf" d="M28 76c-24 2-30-18-24-34 18 2 26 16 24 34z" {}
                path class="leaf" d="M28 96c24 2 32-16 28-32-18 2-30 14-28 32z" {}
                path class="pot" d="M6 100h44l-5 32H11z" {}
            }
        }
    }
}
