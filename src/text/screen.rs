//! The words on the screens.

use super::phrases;

phrases! {
    /// Verb on a button.
    TAKE_NEXT: "Prendi il prossimo" / "Take next";
}
