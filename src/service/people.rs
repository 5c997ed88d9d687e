//! People and their tokens, for the command line and the demo.

use std::collections::BTreeSet;

use super::ServiceError;
use super::clock::{fresh_id, fresh_secret};
use crate::domain::agent::{Agent, Profile, Role};
use crate::domain::id::AgentId;
use crate::domain::language::Language;
use crate::domain::message::clean;
use crate::domain::skill::Skills;
use crate::domain::time::UtcMillis;
use crate::service::access::{LONGEST_PASSWORD, hash_password, hash_secret};
use crate::store::{self, Db};

/// The shortest password that is accepted, in characters.
pub const SHORTEST_PASSWORD: usize = 8;
/// The largest capacity that is accepted, in cost.
pub const LARGEST_CAPACITY: u32 = 1_000;

/// A person to add.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The login.
    pub email: String,
    /// The name that customers read; the e-mail's first part when missing.
    pub name: Option<String>,
    /// What the person may do.
    pub role: Role,
    /// The teams; none means every team.
    pub teams: BTreeSet<String>,
    /// The languages spoken; none means every language.
    pub languages: BTreeSet<Language>,
    /// The skills held, each as a name or a name and a level (`legal:3`).
    pub skills: BTreeSet<String>,
    /// The capacity, in cost.
    pub capacity: u32,
}

/// Adds a person with a password.
///
/// # Errors
/// `Invalid` with what to change, `Conflict` when the e-mail is taken.
pub async fn add(
    db: &Db,
    new: NewPerson,
    password: &str,
    now: UtcMillis,
) -> Result<Agent, ServiceError> {
    let email = read_email(&new.email)?;
    if !(1..=LARGEST_CAPACITY).contains(&new.capacity) {
        let message = format!("capacity must be 1 to {LARGEST_CAPACITY}");
        return Err(ServiceError::Invalid(message));
    }
    let skills =
        Skills::read(&new.skills).map_err(|wrong| ServiceError::Invalid(wrong.to_string()))?;
    let name = new.name.map(|name| clean(&name)).filter(|name| !name.is_empty());
    let first = email.split('@').next().unwrap_or_default().to_owned();
    let languages =
        if new.languages.is_empty() { Language::ALL.into_iter().collect() } else { new.languages };
    let agent = Agent {
        id: AgentId(fresh_id()),
        name: name.unwrap_or(first),
        email,
        role: new.role,
        profile: Profile { teams: new.teams, languages, skills, capacity: new.capacity },
    };
    let hash = hash_password(checked(password)?).await?;
    let mut tx = db.begin().await?;
    store::agent::insert(&mut tx, &agent, &hash, now).await.map_err(|error| match error {
        store::StoreError::Exists(_) => {
            ServiceError::conflict(format!("{} has an account already", agent.email))
        }
        other => other.into(),
    })?;
    tx.commit().await?;
    Ok(agent)
}

/// Sets a new password and ends every session of the person.
///
/// # Errors
/// `Invalid`, `NotFound`.
pub async fn set_password(
    db: &Db,
    email: &str,
    password: &str,
    now: UtcMillis,
) -> Result<(), ServiceError> {
    let email = read_email(email)?;
    let hash = hash_password(checked(password)?).await?;
    let mut tx = db.begin().await?;
    if !store::agent::set_password(&mut tx, &email, &hash, now).await? {
        return Err(ServiceError::NotFound("the account"));
    }
    store::session::close_all(&mut tx, &email).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes an API token; the token itself is told only now.
///
/// # Errors
/// `NotFound`.
pub async fn create_token(
    db: &Db,
    email: &str,
    name: &str,
    now: UtcMillis,
) -> Result<String, ServiceError> {
    let email = read_email(email)?;
    let found = store::agent::by_email(db, &email).await?;
    let (agent, _) = found.ok_or(ServiceError::NotFound("the account"))?;
    let secret = fresh_secret().map_err(|error| ServiceError::Internal(error.into()))?;
    let token = format!("spo_{secret}");
    let mut tx = db.begin().await?;
    store::session::keep_token(&mut tx, &hash_secret(&token), agent.id, &clean(name), now).await?;
    tx.commit().await?;
    Ok(token)
}

fn read_email(text: &str) -> Result<String, ServiceError> {
    let email = clean(text).to_lowercase();
    let looks_right = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !email.contains(char::is_whitespace)
    });
    if looks_right {
        Ok(email)
    } else {
        Err(ServiceError::Invalid(format!("{text:?} is no e-mail address")))
    }
}

fn checked(password: &str) -> Result<String, ServiceError> {
    if password.chars().count() < SHORTEST_PASSWORD {
        let message = format!("the password needs at least {SHORTEST_PASSWORD} characters");
        return Err(ServiceError::Invalid(message));
    }
    if password.chars().count() > LONGEST_PASSWORD {
        let message = format!("the password may have at most {LONGEST_PASSWORD} characters");
        return Err(ServiceError::Invalid(message));
    }
    Ok(password.to_owned())
}
