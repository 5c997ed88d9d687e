//! The form before the chat. What is typed there is kept and shown as not verified.

use std::collections::BTreeMap;

use super::{CHANNEL, Visitor, own_thread};
use crate::domain::contact::ChannelName;
use crate::domain::message::clean;
use crate::service::{House, ServiceError, masking};
use crate::store::claim::{Fields, Known};
use crate::store::{self};

/// The longest answer, characters.
const LONGEST: usize = 200;

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// `name`, `email`, `phone`, or a name of the shop's own.
    pub field: String,
    /// Whether the chat waits for an answer.
    pub required: bool,
    /// What the customer reads, by language.
    pub label: BTreeMap<String, String>,
}

/// The fields that are still to be asked: none once the form was sent, and never what the shop signed.
pub(super) fn open_fields(house: &House, known: &Known) -> Vec<String> {
    if known.typed.is_some() {
        return Vec::new();
    }
    let asked = house.settings.chat.form.iter().map(|question| &question.field);
    asked.filter(|field| !known.claims.contains_key(*field)).cloned().collect()
}

/// Takes the form in.
///
/// # Errors
/// `Invalid` names the field that is missing or cannot be used; `NotFound` when the chat is shut.
pub async fn fill(house: &House, visitor: &Visitor, answers: &Fields) -> Result<(), ServiceError> {
    super::is_open(house)?;
    let channel = ChannelName(CHANNEL.to_owned());
    let address = visitor.address();
    let known = store::claim::of_address(&house.db, &channel, &address).await?;
    let open = open_fields(house, &known);
    if open.is_empty() {
        return Ok(());
    }
    let questions = house.settings.chat.form.iter();
    let questions = questions.filter(|question| open.contains(&question.field));
    let typed = checked(questions, answers)?;
    let mut tx = house.db.begin().await?;
    let thread = own_thread(house, &mut tx, &address).await?;
    store::claim::set_typed(&mut tx, thread.contact_id, &typed).await?;
    tx.commit().await?;
    Ok(())
}

/// The answers that were asked for, cleaned.
fn checked<'a>(
    questions: impl Iterator<Item = &'a Question>,
    answers: &Fields,
) -> Result<Fields, ServiceError> {
    let mut typed = Fields::new();
    for question in questions {
        let field = &question.field;
        let answer = answers.get(field).map(|answer| clean(answer)).unwrap_or_default();
        let refuse = |why: &str| Err(ServiceError::Invalid(format!("{field}: {why}")));
        if answer.is_empty() {
            if question.required {
                return refuse("an answer is needed");
            }
            continue;
        }
        if answer.chars().count() > LONGEST {
            return refuse("at most 200 characters");
        }
        if field == "email" && !is_email(&answer) {
            return refuse("this is no e-mail address");
        }
        typed.insert(field.clone(), masking::safe(&answer));
    }
    Ok(typed)
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !text.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_cleaned_and_checked() {
        let question = |field: &str, required| Question {
            field: field.to_owned(),
            required,
            label: BTreeMap::new(),
        };
        let questions = [question("name", true), question("email", false)];
        let fields = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Fields>()
        };
        let check = |pairs: &[(&str, &str)]| {
            checked(questions.iter(), &fields(pairs)).map_err(|error| error.to_string())
        };
        let good = check(&[("name", " Ada\u{0} "), ("email", " "), ("admin", "yes")]);
        assert_eq!(good, Ok(fields(&[("name", "Ada")])), "what was not asked is not kept");
        assert!(check(&[("email", "a@b.example")]).unwrap_err().starts_with("name:"));
        let bad = check(&[("name", "Ada"), ("email", "ada at shop")]).unwrap_err();
        assert!(bad.starts_with("email:"), "{bad}");
        assert!(check(&[("name", &"x".repeat(201))]).is_err());
    }
}
