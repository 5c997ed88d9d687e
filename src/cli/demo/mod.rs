//! `sportello demo`: the main job on embedded defaults, for a newcomer to play with.
//!
//! Everything that is simulated goes through the same doors as the real thing and is marked so in the
//! records. Simulated agents take simulated tickets only: what a newcomer asks waits for a newcomer.

mod agents;
mod customers;
mod scripts;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::{output, sample_orders, serve};
use crate::app::App;
use crate::config::{Config, Hidden};
use crate::domain::agent::Role;
use crate::domain::language::Language;
use crate::domain::source::SourceFile;
use crate::service::clock::Clock;
use crate::service::people::{self, NewPerson};
use crate::service::{House, ServiceError};
use crate::web::Demo;
use crate::{lifecycle, store, telemetry};

/// The password of every demo login.
const PASSWORD: &str = "sportello-demo";
/// The folder of the demo's database unless another is named.
const FOLDER: &str = "sportello-demo";

/// What `demo` is told.
#[derive(Args, Debug)]
pub(super) struct DemoArgs {
    /// The port to listen on, on this computer only
    #[arg(long, default_value_t = 8080)]
    pub(super) port: u16,
    /// The folder that keeps the demo's database [default: sportello-demo]
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// No simulated customers and agents
    #[arg(long)]
    pub(super) no_traffic: bool,
    /// Begin with a fresh database
    #[arg(long)]
    pub(super) reset: bool,
}

/// Runs until it is told to stop.
pub(super) fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let folder = args.data.clone().unwrap_or_else(|| PathBuf::from(FOLDER));
    if args.reset {
        forget(&folder)?;
    }
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("making the folder {}", folder.display()))?;
    let config = settings(args.port, &folder)?;
    telemetry::start_logs(&config.log)?;
    let sources = serve::open_sources_or(&config, policies())?;
    serve::runtime()?.block_on(async {
        let app = App::build(&config, sources, Clock::System).await.map_err(serve::explained)?;
        staff(&app.house).await?;
        if !args.no_traffic {
            agents::start(&app.house).await?;
            customers::start(&app.house);
        }
        welcome(&app, args.no_traffic)?;
        let logins = vec![
            ("anna@demo.example".to_owned(), PASSWORD.to_owned()),
            ("sara@demo.example".to_owned(), PASSWORD.to_owned()),
        ];
        app.with_demo(Demo { logins, order: sample_orders::find })
            .run(lifecycle::signalled())
            .await?;
        Ok(ExitCode::SUCCESS)
    })
}

fn settings(port: u16, folder: &Path) -> anyhow::Result<Config> {
    let mut config = Config::load(None)?;
    config.http.listen = ([127, 0, 0, 1], port).into();
    config.database.url = Hidden(format!("sqlite://{}", folder.join("demo.db").display()));
    config.queue.url = Hidden("memory:".to_owned());
    config.lookups.base_url = format!("http://127.0.0.1:{port}/demo");
    config.lookups.allow_private = true;
    if std::env::var_os("SPORTELLO__LOG__FILTER").is_none() {
        "warn".clone_into(&mut config.log.filter);
    }
    Ok(config)
}

/// The demo's own policies, unless others are configured.
fn policies() -> SourceFile {
    SourceFile {
        name: "demo/policies.yaml".to_owned(),
        text: include_str!("policies.yaml").to_owned(),
    }
}

/// Removes the demo's own files and nothing else.
fn forget(folder: &Path) -> anyhow::Result<()> {
    for name in ["demo.db", "demo.db-wal", "demo.db-shm"] {
        match std::fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("removing {name}"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The people that a newcomer logs in as.
async fn staff(house: &House) -> anyhow::Result<()> {
    let teams = ["ordini", "amministrazione", "direzione"];
    for (email, name, role, skills) in [
        ("anna@demo.example", "Anna Conti", Role::Agent, vec!["billing"]),
        ("sara@demo.example", "Sara Neri", Role::Supervisor, vec!["billing"]),
    ] {
        hire(house, email, name, role, &teams, &skills, &Language::ALL).await?;
    }
    Ok(())
}

/// Makes an account unless there is one.
async fn hire(
    house: &House,
    email: &str,
    name: &str,
    role: Role,
    teams: &[&str],
    skills: &[&str],
    languages: &[Language],
) -> anyhow::Result<()> {
    if store::agent::by_email(&house.db, email).await?.is_some() {
        return Ok(());
    }
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let new = NewPerson {
        email: email.to_owned(),
        name: Some(name.to_owned()),
        role,
        teams: owned(teams),
        languages: languages.iter().copied().collect(),
        skills: owned(skills),
        capacity: 4,
    };
    match people::add(&house.db, new, PASSWORD, house.now()).await {
        Ok(_) | Err(ServiceError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn welcome(app: &App, quiet: bool) -> std::io::Result<()> {
    let base = format!("http://{}", app.address);
    let traffic = if quiet {
        "No simulated traffic: be the customer in one tab and the agent in another."
    } else {
        "Simulated customers and agents are at work, marked “demo”. Yours wait for you."
    };
    output::tell(&format!(
        "Sportello demo\n\n  shop and web chat  {base}/\n  desk               {base}/desk\n  board              {base}/board\n\n  agent       anna@demo.example  {PASSWORD}\n  supervisor  sara@demo.example  {PASSWORD}\n\n{traffic}\nStop with Ctrl C.\n"
    ))
}

/// A number below `bound`, from the system's randomness; the demo's traffic needs no better.
fn chance(bound: u32) -> u32 {
    getrandom::u32().unwrap_or(7) % bound.max(1)
}
