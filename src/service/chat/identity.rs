//! Who a customer is, by a token that the shop's own server signs: a compact JWT (HS256) with `id` (or
//! `sub`), `exp` and, if it likes, `name`, `email`, `phone`. Nothing else proves an identity here.
//!
//! The signed id always links. An e-mail or a number only does when the shop says that it checked it
//! (`email_verified`, `phone_number_verified`): what a customer merely wrote into the shop's own form
//! would else open somebody else's history.
//!
//! The signed id leads to one thread, whichever browser it comes from. An anonymous thread of the same
//! browser becomes the customer's when the customer has none yet.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use super::{CHANNEL, Visitor, opened};
use crate::domain::contact::{Address, ChannelName};
use crate::domain::person::{Claim, Proof};
use crate::domain::time::{HOUR, MINUTE, UtcMillis};
use crate::service::access::hash_secret;
use crate::service::{House, ServiceError, identity};
use crate::store::{self, StoreError, claim::Fields};

/// How far ahead a token may end, ms.
const LONGEST: i64 = 24 * HOUR;
/// By how much the shop's clock may be ahead of ours, ms.
const SKEW: i64 = 5 * MINUTE;
/// The longest token, bytes.
const LONGEST_TOKEN: usize = 4_096;
/// The longest signed value, characters.
const LONGEST_VALUE: usize = 200;

/// What the shop says of a customer, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The shop's own id of the customer.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Whether the shop checked that the e-mail address is the customer's; else it is only shown.
    pub email_verified: bool,
    /// Phone number.
    pub phone: Option<String>,
    /// Whether the shop checked that the number is the customer's; else it is only shown.
    pub phone_verified: bool,
    /// Until when it holds.
    pub until: UtcMillis,
}

impl Claims {
    /// The address of the customer's thread. No visitor's address has a colon.
    pub(super) fn address(&self) -> Address {
        let mut hash = hash_secret(&format!("customer {}", self.id));
        hash.truncate(32);
        Address(format!("id:{hash}"))
    }

    /// The signed values by the names of their fields.
    pub(super) fn fields(&self) -> Fields {
        let all = [("name", &self.name), ("email", &self.email), ("phone", &self.phone)];
        let given = all.into_iter().filter_map(|(field, value)| Some((field, value.as_ref()?)));
        given.map(|(field, value)| (field.to_owned(), value.clone())).collect()
    }
}

/// Why a token proves nothing; the words go to the page's console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotIdentified {
    /// No secret is configured.
    #[error("identities are not configured: set channels.webchat.identity_secret")]
    Shut,
    /// It is no such token.
    #[error("the identity is not a JWT with alg HS256 and id, exp (and name, email, phone)")]
    Unreadable,
    /// The signature is of another secret or of other content.
    #[error("the identity's signature is wrong: sign it on your server with identity_secret")]
    WrongSignature,
    /// It is over.
    #[error("the identity has expired: call Sportello.identify with a fresh one")]
    Expired,
    /// It would hold for too long.
    #[error("the identity's exp is more than 24 hours ahead")]
    TooLong,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Payload {
    /// Wins over `sub`.
    id: Option<Id>,
    sub: Option<Id>,
    name: Option<String>,
    email: Option<String>,
    /// Whatever is not `true` says no; it makes no token unreadable.
    #[serde(default)]
    email_verified: Value,
    phone: Option<String>,
    /// As `email_verified`.
    #[serde(default)]
    phone_number_verified: Value,
    exp: f64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(i64),
}

/// What a token says, when the shop signed it and it still holds.
///
/// # Errors
/// Why it proves nothing.
pub fn claims(house: &House, token: &str) -> Result<Claims, NotIdentified> {
    read(&house.settings.chat.identity_secret, token, house.now())
}

fn read(secret: &str, token: &str, now: UtcMillis) -> Result<Claims, NotIdentified> {
    use NotIdentified::{Expired, Shut, TooLong, Unreadable};
    if secret.is_empty() {
        return Err(Shut);
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else { return Err(Unreadable) };
    let algorithm: Header = part(header, token.len())?;
    if algorithm.alg != "HS256" {
        return Err(Unreadable);
    }
    verify(secret, &token[..header.len() + 1 + payload.len()], signature)?;
    let payload: Payload = part(payload, token.len())?;
    let until = seconds(payload.exp).ok_or(Unreadable)?;
    if until <= now {
        return Err(Expired);
    }
    if until.since(now) > LONGEST + SKEW {
        return Err(TooLong);
    }
    let id = match payload.id.or(payload.sub).ok_or(Unreadable)? {
        Id::Text(id) => id,
        Id::Number(id) => id.to_string(),
    };
    let [id, name, email, phone] =
        [Some(id), payload.name, payload.email, payload.phone].map(value);
    Ok(Claims {
        id: id.ok_or(Unreadable)?,
        name,
        email,
        email_verified: payload.email_verified == Value::Bool(true),
        phone,
        phone_verified: payload.phone_number_verified == Value::Bool(true),
        until,
    })
}

/// One part of a token.
fn part<T: serde::de::DeserializeOwned>(part: &str, whole: usize) -> Result<T, NotIdentified> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok().filter(|_| whole <= LONGEST_TOKEN);
    let read = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    read.ok_or(NotIdentified::Unreadable)
}

/// In constant time.
fn verify(secret: &str, signed: &str, signature: &str) -> Result<(), NotIdentified> {
    let given = URL_SAFE_NO_PAD.decode(signature).map_err(|_| NotIdentified::Unreadable)?;
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    let mac = mac.map_err(|_| NotIdentified::Shut)?.chain_update(signed.as_bytes());
    mac.verify_slice(&given).map_err(|_| NotIdentified::WrongSignature)
}

/// An instant of whole seconds, if it is one that calendars know.
fn seconds(exp: f64) -> Option<UtcMillis> {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (0.0..1e11).contains(&exp).then(|| UtcMillis((exp as i64) * 1_000))
}

/// A signed value, cleaned; `None` when nothing is left or it is too long to be one.
fn value(given: Option<String>) -> Option<String> {
    let clean = crate::domain::message::clean(&given?);
    (!clean.is_empty() && clean.chars().count() <= LONGEST_VALUE).then_some(clean)
}

impl Visitor {
    /// This browser, in the hands of a customer whom the shop knows.
    #[must_use]
    pub fn known_as(self, customer: Claims) -> Self {
        Self { customer: Some(customer), ..self }
    }

    /// Until when the customer is known; `None` for an anonymous one.
    #[must_use]
    pub fn until(&self) -> Option<UtcMillis> {
        self.customer.as_ref().map(|customer| customer.until)
    }
}

/// Makes a known customer's thread theirs: the one they have, else the anonymous one of this browser,
/// else a new one.
pub(super) async fn settle(house: &House, visitor: &Visitor) -> Result<(), ServiceError> {
    let Some(customer) = &visitor.customer else { return Ok(()) };
    match join(house, visitor, customer).await {
        // Another tab did it in the same moment.
        Err(StoreError::Exists(_)) => join(house, visitor, customer).await?,
        done => done?,
    }
    vouch(house, customer).await
}

/// What the shop signed ties the customer's threads of all channels together: its id always, an e-mail or
/// a number only when the shop says that it checked it.
async fn vouch(house: &House, customer: &Claims) -> Result<(), ServiceError> {
    let (channel, address) = (ChannelName(CHANNEL.to_owned()), customer.address());
    let signed = [
        Some(Claim::SignedId(customer.id.clone())),
        customer.email.clone().filter(|_| customer.email_verified).map(Claim::Email),
        customer.phone.clone().filter(|_| customer.phone_verified).map(Claim::Phone),
    ];
    for fact in signed.into_iter().flatten() {
        match identity::claim_at(house, &channel, &address, fact, Proof::SignedId).await {
            // A number without its country ties nobody together.
            Ok(_) | Err(ServiceError::Invalid(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn join(house: &House, visitor: &Visitor, customer: &Claims) -> Result<(), StoreError> {
    let channel = ChannelName(CHANNEL.to_owned());
    let (own, before) = (customer.address(), visitor.own_address());
    let known = store::claim::of_address(&house.db, &channel, &own).await?;
    let fields = customer.fields();
    if known.verified_id.is_some() && known.claims == fields {
        return Ok(());
    }
    let mut tx = house.db.begin().await?;
    let thread = match store::conversation::lock_address(&mut tx, &channel, &own).await? {
        Some(thread) => thread,
        None => match store::conversation::lock_address(&mut tx, &channel, &before).await? {
            Some(thread) => {
                let ids = (thread.id, thread.contact_id);
                store::claim::readdress(&mut tx, ids, &channel, (&before, &own)).await?;
                thread
            }
            None => opened(house, &mut tx, &own).await?,
        },
    };
    store::claim::verify(&mut tx, thread.contact_id, &customer.id, &fields).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const NOW: UtcMillis = UtcMillis(1_795_424_400_000);

    fn token(header: &str, payload: &str, secret: &str) -> String {
        let signed = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        let mac = mac.chain_update(signed.as_bytes()).finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac))
    }

    fn signed(payload: &str) -> Result<Claims, NotIdentified> {
        read(SECRET, &token(r#"{"alg":"HS256","typ":"JWT"}"#, payload, SECRET), NOW)
    }

    #[test]
    fn what_the_shop_signed_is_read() {
        let exp = NOW.0 / 1_000 + 60;
        let read =
            signed(&format!(r#"{{"sub":42,"name":" Ada ","email":"","exp":{exp}}}"#)).unwrap();
        assert_eq!((read.id.as_str(), read.name.as_deref(), read.email), ("42", Some("Ada"), None));
        assert_eq!(read.until.since(NOW), 60_000);
    }

    #[test]
    fn the_id_wins_over_the_sub() {
        let exp = NOW.0 / 1_000 + 60;
        let id = |pairs: &str| signed(&format!(r#"{{{pairs},"exp":{exp}}}"#)).map(|read| read.id);
        assert_eq!(id(r#""id":"c-1","sub":"auth|9""#).as_deref(), Ok("c-1"));
        assert_eq!(id(r#""sub":"auth|9","id":7"#).as_deref(), Ok("7"));
        assert_eq!(id(r#""id":null,"sub":"auth|9""#).as_deref(), Ok("auth|9"));
        assert_eq!(id(r#""name":"Ada""#), Err(NotIdentified::Unreadable));
    }

    #[test]
    fn only_true_says_that_the_shop_checked_it() {
        let exp = NOW.0 / 1_000 + 60;
        let of = |flags: &str| {
            let read = signed(&format!(r#"{{"id":"1","email":"a@b.example"{flags},"exp":{exp}}}"#));
            let read = read.unwrap();
            (read.email_verified, read.phone_verified)
        };
        assert_eq!(of(""), (false, false));
        assert_eq!(of(r#","email_verified":true"#), (true, false));
        assert_eq!(of(r#","phone_number_verified":true"#), (false, true));
        for no in ["false", "null", "\"true\"", "1"] {
            assert_eq!(of(&format!(r#","email_verified":{no}"#)), (false, false), "{no}");
        }
    }

    /// Signed by Python's `hmac`.
    #[test]
    fn tokens_of_others_are_read() {
        let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6ImMtNDIiLCJuYW1lIjoiQWRhIiwiZXhwIjoxNzk1NDI0NDYwfQ.nI5f6XcizZ1qcHgfRCwG2vKy6o0bkvINjJOTr8w6p4U";
        assert_eq!(read(SECRET, token, NOW).unwrap().id, "c-42");
    }

    #[test]
    fn nothing_else_proves_anything() {
        use NotIdentified::{Expired, Shut, TooLong, Unreadable, WrongSignature};
        let at = |seconds: i64| format!(r#"{{"id":"1","exp":{}}}"#, NOW.0 / 1_000 + seconds);
        let head = r#"{"alg":"HS256"}"#;
        assert_eq!(signed(&at(0)), Err(Expired));
        assert_eq!(signed(&at(25 * 3_600)), Err(TooLong));
        assert_eq!(signed(r#"{"id":"1"}"#), Err(Unreadable));
        assert_eq!(signed(r#"{"id":"1","exp":1e300}"#), Err(Unreadable));
        assert_eq!(
            signed(&format!(r#"{{"id":" ","exp":{}}}"#, NOW.0 / 1_000 + 9)),
            Err(Unreadable)
        );
        assert_eq!(read("", &token(head, &at(9), SECRET), NOW), Err(Shut));
        let other = token(head, &at(9), "another secret of thirty-two chars");
        assert_eq!(read(SECRET, &other, NOW), Err(WrongSignature));
        let none = token(r#"{"alg":"none"}"#, &at(9), SECRET);
        assert_eq!(read(SECRET, &none, NOW), Err(Unreadable));
        let good = token(head, &at(9), SECRET);
        let (body, _) = good.rsplit_once('.').unwrap();
        for bad in [body.to_owned(), format!("{body}."), format!("{good}.x"), "é.è.à".to_owned()]
        {
            assert!(read(SECRET, &bad, NOW).is_err(), "{bad}");
        }
        let long = format!(r#"{{"id":"{}","exp":{}}}"#, "x".repeat(5_000), NOW.0 / 1_000 + 9);
        assert_eq!(signed(&long), Err(Unreadable));
    }

    #[test]
    fn customers_and_visitors_never_share_an_address() {
        let of = |id: &str| Claims {
            id: id.to_owned(),
            name: None,
            email: None,
            email_verified: false,
            phone: None,
            phone_verified: false,
            until: NOW,
        };
        assert_ne!(of("1").address(), of("2").address());
        assert!(of("1").address().0.starts_with("id:"));
    }
}
