//! The letter that brings a code, and what became of it.

use std::collections::BTreeSet;

use super::super::super::mail::{Letter, later};
use super::super::super::turn::Turn;
use super::super::super::{House, ServiceError};
use super::LASTS;
use super::digits::{fresh_digits, hash};
use crate::domain::id::CodeId;
use crate::domain::language::Language;
use crate::domain::person::masked_email;
use crate::store::code::{Code, CodeState};
use crate::store::outbox::{End, Leased};
use crate::store::{self};
use crate::text::{Phrase, bot as say};

/// Makes a code and mails it; one try.
///
/// # Errors
/// The records are not reachable.
pub(in crate::service) async fn mail(
    house: &House,
    row: &Leased,
    id: CodeId,
) -> Result<End, ServiceError> {
    let Some(code) = store::code::get(&house.db, id).await? else {
        return Ok(End::Dead { problem: "the code is gone".to_owned() });
    };
    if !matches!(code.state, CodeState::Waiting | CodeState::Open) {
        return Ok(End::Done);
    }
    let end = without_address(try_mail(house, row, &code).await?, &code.email);
    match &end {
        End::Done => house.all_clear("mail_failed"),
        End::Again { .. } => {}
        End::Unconfirmed { problem } => {
            house.alarm("mail_failed", problem.clone());
            note(house, &code, "code_unconfirmed", None).await?;
        }
        End::Dead { problem } => {
            house.alarm("mail_failed", problem.clone());
            note(house, &code, "code_failed", Some(say::CODE_FAILED)).await?;
        }
    }
    Ok(end)
}

/// How it ended, in words that anybody may read: servers like to quote the address that they refuse.
fn without_address(end: End, address: &str) -> End {
    match end {
        End::Done => End::Done,
        End::Again { at, problem } => End::Again { at, problem: masked(&problem, address) },
        End::Unconfirmed { problem } => End::Unconfirmed { problem: masked(&problem, address) },
        End::Dead { problem } => End::Dead { problem: masked(&problem, address) },
    }
}

/// A text with an address masked wherever it stands, in whichever case.
fn masked(text: &str, address: &str) -> String {
    let (mask, lower) = (masked_email(address), address.to_lowercase());
    let is_here = |rest: &str| {
        let part = rest.get(..address.len()).filter(|part| !part.is_empty());
        part.is_some_and(|part| part.to_lowercase() == lower)
    };
    let (mut clean, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(first) = rest.chars().next() {
        if is_here(rest) {
            clean.push_str(&mask);
            rest = &rest[address.len()..];
        } else {
            clean.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    clean
}

async fn try_mail(house: &House, row: &Leased, code: &Code) -> Result<End, ServiceError> {
    let Some(mailer) = &house.mailer else {
        let problem = "sending e-mail is off: set mail.url and mail.from".to_owned();
        return Ok(End::Dead { problem });
    };
    if let Err(problem) = mailer.is_there().await {
        return Ok(later(house.now(), row.attempts, problem));
    }
    let digits = fresh_digits()?;
    let expires_at = house.now().plus(LASTS);
    let mut tx = house.db.begin().await?;
    let wanted = store::code::make(&mut tx, code.id, &hash(code.id, &digits), expires_at).await?;
    tx.commit().await?;
    if !wanted {
        return Ok(End::Done);
    }
    let conversation = store::conversation::get(&house.db, code.conversation).await?;
    let language = conversation.and_then(|it| it.language).unwrap_or(Language::It);
    let shop = house.content.knowledge().bot.name.clone();
    let fill = |phrase: Phrase| {
        phrase.fill(language.code(), &[("code", digits.as_str()), ("shop", shop.as_str())])
    };
    let letter = Letter {
        id: row.id,
        to: &code.email,
        subject: fill(say::CODE_SUBJECT),
        text: fill(say::CODE_LETTER),
        at: house.now(),
        attempts: row.attempts,
    };
    Ok(mailer.send(letter).await)
}

/// A code whose sender died while it may have left.
///
/// # Errors
/// The records are not reachable.
pub(in crate::service) async fn left_behind(house: &House, id: CodeId) -> Result<(), ServiceError> {
    match store::code::get(&house.db, id).await? {
        Some(code) => note(house, &code, "code_unconfirmed", None).await,
        None => Ok(()),
    }
}

/// Tells the desk what became of a letter, and the customer when it will not come.
async fn note(
    house: &House,
    code: &Code,
    line: &str,
    to_customer: Option<Phrase>,
) -> Result<(), ServiceError> {
    let mut turn = Turn::open(house, code.conversation).await?;
    turn.system_line(format!("{line}:{}", masked_email(&code.email))).await?;
    if let Some(phrase) = to_customer {
        store::code::set(&mut turn.tx, code.id, CodeState::Failed, code.tries).await?;
        turn.say_of_code(phrase, &[]).await?;
    }
    turn.tell_identity(&BTreeSet::from([code.contact])).await?;
    turn.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::UtcMillis;

    #[test]
    fn what_a_server_says_never_quotes_the_address() {
        let address = "ada@example.com";
        let said = "mail: 550 5.1.1 <Ada@Example.COM>: è ignoto (ada@example.com)".to_owned();
        let clean = "mail: 550 5.1.1 <a•••@example.com>: è ignoto (a•••@example.com)".to_owned();
        let at = UtcMillis(1);
        for (end, shown) in [
            (End::Dead { problem: said.clone() }, End::Dead { problem: clean.clone() }),
            (
                End::Unconfirmed { problem: said.clone() },
                End::Unconfirmed { problem: clean.clone() },
            ),
            (End::Again { at, problem: said }, End::Again { at, problem: clean }),
            (End::Done, End::Done),
        ] {
            assert_eq!(without_address(end, address), shown);
        }
        assert_eq!(masked("no such box", address), "no such box");
        assert_eq!(masked("è", ""), "è");
    }
}
