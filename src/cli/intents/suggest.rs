//! `sportello intents suggest`: what customers ask and the bot cannot answer, as intents to paste.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::super::output::{self, Form};
use super::super::{embedded, settings};
use super::{Sources, messages};
use crate::config::Config;
use crate::domain::source::SourceFile;
use crate::domain::time::UtcMillis;
use crate::knowledge::load;
use crate::knowledge::suggest::{Question, Suggestions, suggest, yaml};
use crate::routing::teams::Teams;
use crate::service::clock::Clock;
use crate::sla::duration;
use crate::store::heard::{self, Unanswered, Whose};

/// The most messages looked at.
const MOST: i64 = 50_000;

/// What `suggest` is told.
#[derive(Args, Debug)]
pub(in crate::cli) struct SuggestArgs {
    /// The folder of intents; the configured one or the sample when not given
    folder: Option<PathBuf>,
    /// How far back: 12h, 30d
    #[arg(long, value_name = "SPAN", default_value = "30d", value_parser = duration::parse)]
    since: i64,
    /// How many suggestions are printed
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// The demo's simulated customers count as well
    #[arg(long)]
    simulated: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Reads what was not answered, and prints what to write.
pub(super) fn run(args: &SuggestArgs, config: &Config) -> anyhow::Result<ExitCode> {
    let built = Sources::of(args.folder.clone(), config)?.build()?;
    let teams = teams(config)?;
    let since = Clock::System.now().plus(-args.since);
    let heard = unanswered(config, whose(args), since)?;
    let questions: Vec<Question> = heard.into_iter().map(|one| question(one, &teams)).collect();
    let mut found = suggest(&built, &questions);
    let all = found.suggestions.len();
    found.suggestions.truncate(args.limit);
    match Form::of(args.json) {
        Form::Json => {
            let document = json!({
                "since": since.0,
                "messages": found.messages,
                "settled": found.settled,
                "found": all,
                "suggestions": found.suggestions,
            });
            output::tell(&(serde_json::to_string_pretty(&document)? + "\n"))?;
        }
        Form::Text => output::tell(&text(&found, all))?,
    }
    Ok(ExitCode::SUCCESS)
}

const fn whose(args: &SuggestArgs) -> Whose {
    if args.simulated { Whose::Everybody } else { Whose::Real }
}

/// The rules of the teams, which say what the handling of an intent takes.
fn teams(config: &Config) -> anyhow::Result<Teams> {
    let file: SourceFile = match config.teams.file.as_str() {
        "" => embedded::teams(),
        name => load::read_source(name.as_ref()).map_err(|problem| anyhow::anyhow!("{problem}"))?,
    };
    Teams::read(&file).map_err(|problems| settings::refused("teams", &problems))
}

fn unanswered(config: &Config, whose: Whose, since: UtcMillis) -> anyhow::Result<Vec<Unanswered>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let db = messages::open_existing(&config.database.url.0)
            .await
            .map_err(|reason| anyhow::anyhow!("what customers asked cannot be read: {reason}"))?;
        let found = heard::unanswered_since(&db, whose, since, MOST).await;
        db.close().await;
        Ok(found?)
    })
}

fn question(heard: Unanswered, teams: &Teams) -> Question {
    Question {
        conversation: heard.conversation.0.as_u128(),
        minutes: teams.effort(heard.intent.as_deref().unwrap_or_default()),
        said: heard.said,
        next: heard.next,
        name: heard.name,
    }
}

fn text(found: &Suggestions, all: usize) -> String {
    let Suggestions { suggestions, messages, settled } = found;
    let looked = settings::counted(*messages, "message");
    let mut out = format!(
        "# {looked} not answered outright; {settled} of them settled since, or by the customer's choice.\n"
    );
    if suggestions.is_empty() {
        return out + "# There is nothing to suggest.\n";
    }
    let _ = writeln!(
        out,
        "# {} to answer, {} shown, the most handling time first. Numbers, addresses and names are covered.\n\
         # Paste what you want into a file of your intents, write the answer, and run `sportello intents check`.",
        settings::counted(all, "question"),
        suggestions.len(),
    );
    out + &yaml(suggestions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_as_a_comment_so_that_the_output_stays_yaml() {
        let none = Suggestions { suggestions: Vec::new(), messages: 3, settled: 3 };
        let told = text(&none, 0);
        assert!(told.lines().all(|line| line.starts_with('#')), "{told}");
        assert!(told.contains("3 messages") && told.contains("nothing to suggest"), "{told}");
    }

    #[test]
    fn handling_time_comes_from_the_teams_rules() {
        let teams = Teams::read(&SourceFile {
            name: "teams.yaml".to_owned(),
            text: "effort: {refund: 20m}\n".to_owned(),
        })
        .unwrap();
        let heard = |intent: Option<&str>| Unanswered {
            conversation: crate::domain::id::ConversationId(uuid::Uuid::nil()),
            said: "x".to_owned(),
            intent: intent.map(str::to_owned),
            confidence: 0.1,
            outcome: "fallback".to_owned(),
            next: None,
            name: None,
        };
        assert_eq!(question(heard(Some("refund")), &teams).minutes, 20);
        assert_eq!(question(heard(None), &teams).minutes, 12);
    }
}
