//! Messages to try the bot on: a file of them, the examples of folders, what customers wrote.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;

use super::super::csv_file;
use crate::config::Config;
use crate::knowledge::diff::{Asked, Origin};
use crate::nlu::TrainingSet;
use crate::store::Db;
use crate::store::heard::{self, Whose};

/// The largest file of messages, in bytes.
const LARGEST: u64 = 10_000_000;
/// The most messages read.
const MOST: usize = 100_000;
/// The most different messages of customers that are tried.
const MOST_HEARD: i64 = 20_000;

/// The messages of a file: a CSV file with a column `text`, else one a line; `-` is standard input.
/// Equal ones are counted.
pub(super) fn of_file(path: &Path) -> anyhow::Result<Vec<Asked>> {
    let text = read(path)?;
    let first = text.lines().next().unwrap_or_default().trim_start_matches('\u{feff}');
    let is_csv = first.split(',').any(|name| name.trim().trim_matches('"') == "text");
    let texts = if is_csv && path != Path::new("-") {
        csv_file::messages(path)?.texts
    } else {
        text.lines().map(|line| line.trim_start_matches('\u{feff}').to_owned()).collect()
    };
    let name = path.display();
    anyhow::ensure!(
        texts.len() <= MOST,
        "{name}: {} messages, at most {MOST} are read: split the file",
        texts.len()
    );
    let messages = counted(texts.into_iter().map(|text| (text, 1)), Origin::File);
    anyhow::ensure!(!messages.is_empty(), "{name}: there is no message in this file");
    Ok(messages)
}

fn read(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let mut bytes = Vec::new();
    let take = LARGEST + 1;
    if path == Path::new("-") {
        std::io::stdin().lock().take(take).read_to_end(&mut bytes)?;
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("reading {name}"))?;
        file.take(take).read_to_end(&mut bytes).with_context(|| format!("reading {name}"))?;
    }
    anyhow::ensure!(
        bytes.len() as u64 <= LARGEST,
        "{name}: the file has more than {LARGEST} bytes, which is the most that is read: split it"
    );
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        anyhow::anyhow!("{name}:{line}: the line is no UTF-8: save the file as UTF-8")
    })
}

/// Each different text once, without outer blanks, in the order in which they first came.
fn counted(texts: impl Iterator<Item = (String, u64)>, origin: Origin) -> Vec<Asked> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut messages: Vec<Asked> = Vec::new();
    for (text, times) in texts {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let place = *places.entry(text.to_owned()).or_insert(messages.len());
        match messages.get_mut(place) {
            Some(message) => message.times += times,
            None => messages.push(Asked { text: text.to_owned(), times, origin }),
        }
    }
    messages
}

/// Every example and every message of `none`, each once.
pub(super) fn of_examples(sets: &[&TrainingSet]) -> Vec<Asked> {
    let examples = |set: &&TrainingSet| {
        let of_intents = set.intents.iter().flat_map(|intent| &intent.examples);
        let texts: Vec<String> =
            of_intents.map(|(_, text)| text.clone()).chain(set.none.iter().cloned()).collect();
        texts
    };
    let texts = sets.iter().flat_map(examples).map(|text| (text, 1));
    let mut messages = counted(texts, Origin::Examples);
    for message in &mut messages {
        message.times = 1;
    }
    messages
}

/// What real customers wrote within the last `span` ms; why there is nothing where the database
/// cannot be read. Nothing is written, not even an empty database.
pub(super) fn of_customers(config: &Config, span: i64) -> Result<Vec<Asked>, String> {
    let url = config.database.url.0.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let db = open_existing(&url).await?;
        let since = crate::service::clock::Clock::System.now().plus(-span);
        let texts = heard::texts_since(&db, Whose::Real, since, MOST_HEARD).await;
        db.close().await;
        Ok(counted(texts.map_err(|error| error.to_string())?.into_iter(), Origin::Customers))
    })
}

/// Opens a database that is there already; the reason when it is not.
pub(super) async fn open_existing(url: &str) -> Result<Db, String> {
    if let Some(file) = sqlite_file(url)
        && !Path::new(file).exists()
    {
        return Err(format!("there is no database {file} yet"));
    }
    Db::open(url).await.map_err(|error| error.to_string())
}

/// The file of a SQLite address; `None` for other addresses.
fn sqlite_file(url: &str) -> Option<&str> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(path.split('?').next().unwrap_or(path)).filter(|path| !path.contains(":memory:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_text(content: &[u8]) -> anyhow::Result<Vec<(String, u64)>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("messages");
        std::fs::write(&path, content)?;
        Ok(of_file(&path)?.into_iter().map(|message| (message.text, message.times)).collect())
    }

    #[test]
    fn lines_and_csv_files_are_read_and_equal_messages_are_counted() {
        let lines = of_text("\u{feff}ciao\n\n dov'è \nciao\r\n".as_bytes()).unwrap();
        assert_eq!(lines, [("ciao".to_owned(), 2), ("dov'è".to_owned(), 1)]);
        let csv = of_text(b"id,text\n1,\"a, b\"\n2,\"a, b\"\n").unwrap();
        assert_eq!(csv, [("a, b".to_owned(), 2)]);
    }

    #[test]
    fn files_that_cannot_be_read_say_why() {
        let said = |content: &[u8]| format!("{:#}", of_text(content).unwrap_err());
        assert!(said(b"\n \n").contains("no message"));
        assert!(said(b"a\nb\n\xff\n").contains(":3: the line is no UTF-8"));
        assert!(said(&b"a\n".repeat(MOST + 1)).contains("at most 100000"));
        assert!(said(&vec![b'a'; 10_000_001]).contains("more than 10000000 bytes"));
    }

    #[test]
    fn a_missing_database_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("none.db");
        let url = format!("sqlite://{}?mode=rwc", file.display());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let error = runtime.block_on(open_existing(&url)).unwrap_err();
        assert!(error.contains("there is no database"), "{error}");
        assert!(!file.exists());
    }
}
