//! `sportello intents import rasa` and `export rasa`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::super::output;
use super::super::settings::{self, counted};
use super::Sources;
use crate::config::Config;
use crate::domain::language::Language;
use crate::domain::source::{Problem, SourceFile};
use crate::knowledge::load;
use crate::knowledge::rasa::{Exported, Imported, export, import};

/// The file that an import writes.
const WRITTEN: &str = "rasa.yaml";
/// The file of the bot itself, where there is none.
const BOT: &str = "bot.yaml";

/// From where.
#[derive(Subcommand, Debug)]
pub(in crate::cli) enum ImportCommand {
    /// Rasa's training data (nlu.yml, version 3.1): intents, entities, synonyms, regex, lookup
    #[command(
        after_help = "Example:\n  sportello intents import rasa nlu.it.yml nlu.en.yml --out intents\n\nAll that has no place here is listed with its line. A file whose name ends in .it.yml or .en.yml is in that\nlanguage. Nothing is overwritten."
    )]
    Rasa {
        /// The files, such as nlu.yml
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The folder of intents to write into; made when it is not there
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// The language of files whose name does not say it
        #[arg(long, default_value = "it", value_parser = language)]
        lang: Language,
    },
}

/// Whereto.
#[derive(Subcommand, Debug)]
pub(in crate::cli) enum ExportCommand {
    /// Rasa's training data (nlu.yml, version 3.1), one file a language
    #[command(
        after_help = "Examples:\n  sportello intents export rasa intents --out rasa\n  sportello intents export rasa intents --lang en > nlu.yml\n\nAll that has no place there is listed on standard error."
    )]
    Rasa(ExportArgs),
}

/// What an export is told.
#[derive(Args, Debug)]
pub(in crate::cli) struct ExportArgs {
    /// The folder of intents; the configured one or the sample when not given
    folder: Option<PathBuf>,
    /// The folder for nlu.it.yml and nlu.en.yml; without it one language is printed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The language that is printed; the bot's own when not given
    #[arg(long, value_parser = language, conflicts_with = "out")]
    lang: Option<Language>,
}

fn language(text: &str) -> Result<Language, String> {
    Language::from_tag(text).ok_or_else(|| format!("`{text}` is neither `it` nor `en`"))
}

/// Reads training data and writes an intent file.
pub(super) fn import_from(command: &ImportCommand) -> anyhow::Result<ExitCode> {
    let ImportCommand::Rasa { files, out, lang } = command;
    let sources: Vec<(SourceFile, Language)> = files
        .iter()
        .map(|path| {
            let file = load::read_source(path).map_err(|problem| anyhow::anyhow!("{problem}"))?;
            Ok((file, named_language(path).unwrap_or(*lang)))
        })
        .collect::<anyhow::Result<_>>()?;
    let imported =
        import(&sources).map_err(|problems| settings::refused("training data", &problems))?;
    let own = sources.first().map_or(*lang, |(_, own)| *own);
    let written = write(out, &imported, own)?;
    output::tell(&told(&imported, &written))?;
    Ok(ExitCode::SUCCESS)
}

/// `nlu.en.yml` and `nlu_en.yml` are English.
fn named_language(path: &Path) -> Option<Language> {
    let stem = path.file_stem()?.to_str()?;
    let end = stem.rsplit(['.', '_', '-']).next().filter(|end| *end != stem)?;
    Language::ALL.into_iter().find(|language| language.code() == end)
}

/// Writes the intents, and a bot to fill in where the folder has none.
fn write(out: &Path, imported: &Imported, own: Language) -> anyhow::Result<Vec<PathBuf>> {
    let file = out.join(WRITTEN);
    anyhow::ensure!(!file.exists(), "{} is there already: move it away first", file.display());
    std::fs::create_dir_all(out).with_context(|| format!("making {}", out.display()))?;
    let files = load::read_folder(out).unwrap_or_default();
    let mut written = Vec::new();
    if !files.iter().any(|file| file.text.lines().any(|line| line.starts_with("bot:"))) {
        let bot = out.join(BOT);
        anyhow::ensure!(!bot.exists(), "{} has no `bot:`: add it first", bot.display());
        std::fs::write(&bot, bot_to_fill_in(own))
            .with_context(|| format!("writing {}", bot.display()))?;
        written.push(bot);
    }
    std::fs::write(&file, &imported.text).with_context(|| format!("writing {}", file.display()))?;
    written.push(file);
    Ok(written)
}

fn bot_to_fill_in(own: Language) -> String {
    format!(
        "# Fill in your shop.\n\
         bot:\n  name: My shop\n  default_language: {}\n  time_zone: Europe/Rome\n  \
         privacy: https://example.com/privacy\n  \
         welcome: {{it: \"Come posso aiutarLa?\", en: \"How can I help?\"}}\n",
        own.code()
    )
}

fn told(imported: &Imported, written: &[PathBuf]) -> String {
    let mut out = listed(&imported.notes);
    let files: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
    let _ = write!(
        out,
        "{}, {}, {} written to {}",
        counted(imported.intents, "intent"),
        counted(imported.examples, "example"),
        if imported.entities == 1 {
            "1 entity".to_owned()
        } else {
            format!("{} entities", imported.entities)
        },
        files.join(" and ")
    );
    match imported.notes.len() {
        0 => out + "; nothing was lost\n",
        notes => out + "; " + &counted(notes, "note") + " above\n",
    }
}

fn listed(notes: &[Problem]) -> String {
    let lines: Vec<String> = notes.iter().map(without_excerpt).collect();
    lines.concat()
}

fn without_excerpt(note: &Problem) -> String {
    Problem { excerpt: String::new(), ..note.clone() }.to_string() + "\n"
}

/// Writes a folder as training data.
pub(super) fn export_to(command: &ExportCommand, config: &Config) -> anyhow::Result<ExitCode> {
    let ExportCommand::Rasa(args) = command;
    let sources = Sources::of(args.folder.clone(), config)?;
    let built = sources.build()?;
    let exported = export(&sources.intents, &built);
    let Some(out) = &args.out else {
        let wanted = args.lang.unwrap_or(built.knowledge.bot.default_language);
        let text = exported.files.iter().find(|(language, _)| *language == wanted);
        output::tell(text.map_or("", |(_, text)| text.as_str()))?;
        output::complain(listed(&exported.notes).trim_end());
        return Ok(ExitCode::SUCCESS);
    };
    let names = write_export(out, &exported)?;
    output::tell(&format!("{}{} written\n", listed(&exported.notes), names.join(" and ")))?;
    Ok(ExitCode::SUCCESS)
}

fn write_export(out: &Path, exported: &Exported) -> anyhow::Result<Vec<String>> {
    std::fs::create_dir_all(out).with_context(|| format!("making {}", out.display()))?;
    let paths: Vec<PathBuf> = exported
        .files
        .iter()
        .map(|(language, _)| out.join(format!("nlu.{}.yml", language.code())))
        .collect();
    for path in &paths {
        anyhow::ensure!(!path.exists(), "{} is there already: move it away first", path.display());
    }
    for (path, (_, text)) in paths.iter().zip(&exported.files) {
        std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(paths.iter().map(|path| path.display().to_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_tell_their_language() {
        assert_eq!(named_language(Path::new("a/nlu.en.yml")), Some(Language::En));
        assert_eq!(named_language(Path::new("nlu_it.yml")), Some(Language::It));
        assert_eq!(named_language(Path::new("it.yml")), None);
        assert_eq!(named_language(Path::new("nlu.yml")), None);
    }

    #[test]
    fn an_import_makes_a_folder_that_can_be_used_and_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (nlu, out) = (folder.path().join("nlu.yml"), folder.path().join("intents"));
        std::fs::write(&nlu, "nlu:\n- intent: greet\n  examples: |\n    - ciao\n").unwrap();
        let command =
            ImportCommand::Rasa { files: vec![nlu], out: out.clone(), lang: Language::It };
        import_from(&command).unwrap();
        let built = load::build(&load::read_folder(&out).unwrap()).unwrap();
        assert_eq!(built.training.intents[0].examples[0].1, "ciao");
        let error = import_from(&command).unwrap_err().to_string();
        assert!(error.contains("is there already"), "{error}");
    }
}
