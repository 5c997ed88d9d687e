//! E-mail that the house itself sends, such as a code: by SMTP, from the outbox.
//!
//! A refused connection, or an answer that says "later", is tried again; a refusal is final; whatever
//! breaks once the letter may have left makes it *unconfirmed*, and it is not sent again by itself.

use std::time::{Duration, SystemTime};

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::clock::fresh_chance;
use super::delivery::{SEND_TRIES, pause};
use crate::domain::id::OutboxId;
use crate::domain::time::UtcMillis;
use crate::store::outbox::End;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The house's way to send e-mail.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// A mailer for a server's address, such as `smtps://user:password@smtp.example.com` or
    /// `smtp://127.0.0.1:1025`, and a sender, such as `Shop <desk@shop.example>`.
    ///
    /// # Errors
    /// What is wrong with either, in words.
    pub fn new(url: &str, from: &str) -> Result<Self, String> {
        let from = from
            .parse()
            .map_err(|_| "mail.from must be an address: Shop <desk@shop.example>".to_owned())?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
            "mail.url must be smtp://host:port, smtps://user:password@host, or \
             smtp://user:password@host:587?tls=required"
                .to_owned()
        })?;
        let pool = PoolConfig::new().min_idle(0).max_size(2);
        let transport = transport.timeout(Some(PATIENCE)).pool_config(pool).build();
        Ok(Self { transport, from })
    }

    /// Whether the server takes connections now: nothing leaves.
    pub(super) async fn is_there(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server takes no mail now".to_owned()),
            Err(error) => Err(format!("the mail server does not answer: {error}")),
        }
    }
}

/// One letter.
#[derive(Clone, Debug)]
pub(super) struct Letter<'a> {
    /// Whose effect it is: a repetition has the same message id.
    pub id: OutboxId,
    /// To whom.
    pub to: &'a str,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// When.
    pub at: UtcMillis,
    /// How often it was tried before.
    pub attempts: i64,
}

impl Mailer {
    /// Sends a letter; says how that ended.
    pub(super) async fn send(&self, letter: Letter<'_>) -> End {
        let message = match self.write(&letter) {
            Ok(message) => message,
            Err(problem) => return End::Dead { problem },
        };
        let Err(error) = self.transport.send(message).await else { return End::Done };
        let problem = format!("mail: {error}");
        if error.is_permanent() || error.is_client() {
            End::Dead { problem }
        } else if error.is_transient() {
            later(letter.at, letter.attempts, problem)
        } else {
            End::Unconfirmed { problem }
        }
    }

    fn write(&self, letter: &Letter<'_>) -> Result<Message, String> {
        let to: Mailbox =
            letter.to.parse().map_err(|_| "the order's e-mail is no address".to_owned())?;
        let host = self.from.email.domain();
        let millis = u64::try_from(letter.at.0).unwrap_or(0);
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
            .message_id(Some(format!("<{}@{host}>", letter.id)))
            .subject(letter.subject.clone())
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|error| format!("the letter cannot be written: {error}"))
    }
}

/// Another try, ever later, until there were too many.
pub(super) fn later(now: UtcMillis, attempts: i64, problem: String) -> End {
    if attempts >= SEND_TRIES {
        End::Dead { problem }
    } else {
        End::Again { at: now.plus(pause(attempts, fresh_chance())), problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The pool of connections wants a runtime.
    #[tokio::test]
    async fn what_is_wrong_with_the_settings_is_said() {
        let new = |url, from| Mailer::new(url, from).map(drop);
        assert_eq!(new("smtp://127.0.0.1:25", "Shop <desk@shop.example>"), Ok(()));
        assert_eq!(new("smtps://u:p@smtp.example.com", "desk@shop.example"), Ok(()));
        assert!(new("http://x", "desk@shop.example").unwrap_err().contains("mail.url"));
        assert!(new("smtp://127.0.0.1", "desk").unwrap_err().contains("mail.from"));
    }
}
