//! Payloads of buttons that the dialogue itself understands, whoever renders them.
//!
//! A *house* button ([`is_house`]) leaves the dialogue with an empty label, because its words are in
//! the text catalogue, which the dialogue may not use: `service` writes the label for the payload.

use crate::domain::id::InvitationId;
use crate::domain::message::Button;
use crate::domain::survey::Rating;

/// Leads to an intent: `i:<name>`.
pub const INTENT: &str = "i:";
/// Asks for a person.
pub const PERSON: &str = "person";
/// Withdraws the request.
pub const CANCEL_REQUEST: &str = "cancel_request";
/// Goes back to the bot.
pub const BACK_TO_BOT: &str = "back_to_bot";
/// Stops a form.
pub const CANCEL_FORM: &str = "cancel_form";
/// None of the offered intents.
pub const NONE_OF_THESE: &str = "none";
/// An offered answer of a form, sent as text: `t:<text>`.
pub const TEXT: &str = "t:";
/// A rating: `r:<invitation>:<1-5>`.
pub const RATING: &str = "r:";
/// No comment, thank you: `nc`.
pub const NO_COMMENT: &str = "nc";

/// The longest text that can be a payload, in bytes.
const LONGEST: usize = 256;

/// Whether a text has the shape of a payload of ours.
#[must_use]
pub fn is_one(text: &str) -> bool {
    text.len() <= LONGEST && Press::parse(text) != Press::Unknown
}

/// Whether the button's label is left empty here and written by `service` from the catalogue.
#[must_use]
pub fn is_house(payload: &str) -> bool {
    matches!(
        payload,
        PERSON | CANCEL_REQUEST | BACK_TO_BOT | CANCEL_FORM | NONE_OF_THESE | NO_COMMENT
    )
}

/// A payload, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Press {
    Intent(String),
    Person,
    CancelRequest,
    BackToBot,
    CancelForm,
    NoneOfThese,
    Text(String),
    Rating(InvitationId, Rating),
    NoComment,
    Unknown,
}

impl Press {
    /// Reads a payload; whatever is not exactly one of ours is `Unknown`.
    pub(super) fn parse(payload: &str) -> Self {
        match payload {
            PERSON => Self::Person,
            CANCEL_REQUEST => Self::CancelRequest,
            BACK_TO_BOT => Self::BackToBot,
            CANCEL_FORM => Self::CancelForm,
            NONE_OF_THESE => Self::NoneOfThese,
            NO_COMMENT => Self::NoComment,
            _ => Self::with_content(payload).unwrap_or(Self::Unknown),
        }
    }

    fn with_content(payload: &str) -> Option<Self> {
        if let Some(name) = payload.strip_prefix(INTENT) {
            return (!name.is_empty()).then(|| Self::Intent(name.to_owned()));
        }
        if let Some(text) = payload.strip_prefix(TEXT) {
            return (!text.trim().is_empty()).then(|| Self::Text(text.to_owned()));
        }
        let (invitation, value) = payload.strip_prefix(RATING)?.split_once(':')?;
        if value.len() != 1 {
            return None;
        }
        Some(Self::Rating(invitation.parse().ok()?, Rating::new(value.parse().ok()?)?))
    }
}

/// A button whose label `service` writes.
pub(super) fn house(payload: &str) -> Button {
    Button { label: String::new(), payload: payload.to_owned() }
}

/// A button that leads to an intent.
pub(super) fn intent(name: &str, label: &str) -> Button {
    Button { label: label.to_owned(), payload: format!("{INTENT}{name}") }
}

/// A button that says its label as text, however long: a channel that carries little carries a
/// stand-in.
pub(super) fn text(label: &str) -> Button {
    Button { label: label.to_owned(), payload: format!("{TEXT}{label}") }
}

/// The five buttons of a rating.
pub(super) fn ratings(invitation: InvitationId) -> Vec<Button> {
    (1..=5)
        .map(|value| Button {
            label: format!("{value} ★"),
            payload: format!("{RATING}{invitation}:{value}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let invitation = InvitationId(Uuid::from_u128(7));
        for (button, value) in ratings(invitation).iter().zip(1..) {
            let rating = Rating::new(value).unwrap();
            assert_eq!(Press::parse(&button.payload), Press::Rating(invitation, rating));
        }
        assert_eq!(Press::parse("i:order_status"), Press::Intent("order_status".into()));
        for strange in ["", "i:", "t: ", "r:", "r:x:3", "person ", "NONE", "r:é:é"] {
            assert_eq!(Press::parse(strange), Press::Unknown, "{strange:?}");
        }
        for value in ["0", "6", "05", "+5", "-1"] {
            assert_eq!(Press::parse(&format!("r:{invitation}:{value}")), Press::Unknown);
        }
    }

    #[test]
    fn a_long_option_is_said_whole() {
        let long = "è".repeat(60);
        assert_eq!(Press::parse(&text(&long).payload), Press::Text(long));
    }
}
