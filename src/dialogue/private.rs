//! What the customer wrote, without card and account numbers: the dialogue never sees one, so none
//! gets into its state, a summary or a quoted answer, whoever calls it.

use std::borrow::Cow;

use super::Input;
use super::payload::Press;
use crate::nlu::secret;

/// The input with every card and account number masked.
pub(super) fn masked(input: &Input) -> Cow<'_, Input> {
    let safe = |text: &str| secret::masked(text).into_owned();
    match input {
        Input::Text(text) => Cow::Owned(Input::Text(safe(text))),
        Input::Press { payload, label } => {
            // The id of a rating is no secret, whatever its digits spell.
            let is_rating = matches!(Press::parse(payload), Press::Rating(..));
            let payload = if is_rating { payload.clone() } else { safe(payload) };
            Cow::Owned(Input::Press { payload, label: label.as_deref().map(safe) })
        }
        Input::Linked { reference } => Cow::Owned(Input::Linked { reference: safe(reference) }),
        Input::Files { caption, kind } => {
            Cow::Owned(Input::Files { caption: safe(caption), kind: kind.clone() })
        }
        other => Cow::Borrowed(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_labels_and_captions_are_masked() {
        let card = "4111 1111 1111 1111";
        for input in [
            Input::Text(card.into()),
            Input::Press { payload: "i:x".into(), label: Some(card.into()) },
            Input::Press { payload: format!("r:{}:{card}", uuid::Uuid::nil()), label: None },
            Input::Files { caption: card.into(), kind: "photo".into() },
        ] {
            let shown = format!("{:?}", masked(&input));
            assert!(shown.contains("••••1111") && !shown.contains(card), "{shown}");
        }
    }
}
