//! Reads a folder of intent files.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::checked::{Checked, check_options};
use super::hidden;
use super::limits::{self, MOST_BYTES};
use super::names::{Extent, Names};
use super::{Knowledge, recovery, shape};
use crate::domain::source::{Problem, Severity, SourceFile};
use crate::nlu::TrainingSet;
use crate::nlu::engine::Engine;
use crate::nlu::entity::Recognisers;

/// Reads the `*.yaml` files of a folder, sorted by name (not its sub-folders).
///
/// # Errors
/// The folder or a file cannot be read, is not UTF-8, or is larger than 10 MB.
pub fn read_folder(folder: &Path) -> Result<Vec<SourceFile>, Vec<Problem>> {
    let problem = |path: &Path, message: String| {
        vec![Problem::of_file(Severity::Error, path.display().to_string(), message)]
    };
    let entries = fs::read_dir(folder).map_err(|error| problem(folder, error.to_string()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "yaml") && path.is_file());
    paths.sort();
    if paths.is_empty() {
        return Err(problem(folder, "there is no *.yaml file in this folder".to_owned()));
    }
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match read_source(&path) {
            Ok(file) => files.push(file),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

/// Reads one file.
///
/// # Errors
/// It cannot be read, is not UTF-8, or is larger than 10 MB.
pub fn read_source(path: &Path) -> Result<SourceFile, Problem> {
    let name = path.display().to_string();
    match read_file(path) {
        Ok(text) => Ok(SourceFile { name, text }),
        Err(message) => Err(Problem::of_file(Severity::Error, name, message)),
    }
}

fn read_file(path: &Path) -> Result<String, String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    // Not what the folder says of its size: the file may grow, or be none.
    let most = MOST_BYTES as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() > MOST_BYTES {
        return Err(limits::TOO_LARGE.to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let line =
            error.as_bytes()[..error.utf8_error().valid_up_to()].split(|b| *b == b'\n').count();
        format!("line {line} is not UTF-8; save the file as UTF-8")
    })
}

/// Parses, checks and trains. Every problem is found at once.
///
/// # Errors
/// All problems, warnings included, when at least one is an error.
pub fn build(sources: &[SourceFile]) -> Result<Built, Vec<Problem>> {
    let mut problems = limits::of_sources(sources);
    if !problems.is_empty() {
        return Err(problems);
    }
    problems.extend(sources.iter().flat_map(hidden::of_source));
    let (mut files, mut lost) = (Vec::new(), Vec::new());
    for source in sources {
        let recovered = recovery::read(source);
        problems.extend(recovered.problems);
        lost.extend(recovered.lost);
        files.extend(recovered.file.map(|file| (source, file)));
    }
    let too_much = limits::of_files(&files);
    if !too_much.is_empty() {
        return Err(too_much);
    }
    problems.extend(limits::of_patterns(&files));
    let extent = if files.len() == sources.len() { Extent::Whole } else { Extent::Partial };
    let names = Names::of(files.iter().map(|(_, file)| file), lost, extent);
    let checked = Checked::of(&files, &names, extent, &mut problems);
    let entities = Recognisers::compile(&checked.entities)
        .map(|entities| entities.with_roles(&shape::roles(&files)));
    if let Ok(entities) = &entities {
        check_options(&files, entities, &mut problems);
    }
    problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    match (checked.bot, entities) {
        (Some(bot), Ok(entities)) if problems.iter().all(|p| p.severity == Severity::Warning) => {
            let knowledge = Knowledge {
                version: version(sources),
                bot,
                intents: checked.intents,
                lookups: checked.lookups,
                engine: Engine::train(&checked.training),
                entities,
            };
            Ok(Built { knowledge, training: checked.training, warnings: problems })
        }
        _ => Err(problems),
    }
}

/// A usable knowledge and what could still be better.
#[derive(Debug)]
pub struct Built {
    /// The knowledge.
    pub knowledge: Knowledge,
    /// What its engine learned from.
    pub training: TrainingSet,
    /// Warnings only.
    pub warnings: Vec<Problem>,
}

/// SHA-256 over the files' names (without folders) and texts, hex.
fn version(sources: &[SourceFile]) -> String {
    let mut hash = Sha256::new();
    for source in sources {
        let name = Path::new(&source.name).file_name().unwrap_or_default();
        for part in [name.as_encoded_bytes(), source.text.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::knowledge::{Action, Then};

    const SHOP: &str = r#"
bot:
  name: Bottega
  default_language: it
  time_zone: Europe/Rome
  privacy: https://bottega.example/privacy
  welcome: {it: "Come posso aiutarla da {shop}?", en: "How can I help?"}
  menu: [hours, order_status]
none: ["che tempo fa domani"]
entities:
  order_number:
    patterns: ['\b[A-Z]{2}\d{6}\b']
    upper: true
  problem:
    values: {rotto: [rotto, broken], mancante: [mancante, missing]}
lookups:
  order:
    url: "{base}/orders/{order_number}"
    timeout: 2s
    owner: {field: email, slot: email}
"#;

    const INTENTS: &str = r#"
intents:
  - name: hours
    title: {it: Orari, en: Opening hours}
    examples: {it: ["a che ora aprite?"], en: ["when do you open?", no]}
    patterns: ['\borari?\b']
    reply:
      it:
        - "Siamo aperti {{sempre}}."
        - text: "Dalle 9."
          buttons: [{label: "Il mio ordine", intent: order_status}]
      en: ["We are open."]
  - name: order_status
    title: {it: "Dov'è il mio ordine", en: Where is my order}
    examples: {it: ["dov'è il mio ordine?"], en: ["where is my order?"]}
    form:
      slots:
        - name: order_number
          entity: order_number
          ask: {it: "Quale numero?", en: "Which number?"}
          invalid: {it: "Non vedo un numero.", en: "I see no number."}
        - name: email
          entity: email
          ask: {it: "Quale e-mail?", en: "Which e-mail?"}
          invalid: {it: "Non è un indirizzo.", en: "No address."}
        - name: problem
          entity: problem
          ask: {it: "Che problema?", en: "Which problem?"}
          invalid: {it: "?", en: "?"}
          options: {it: [Rotto, Mancante], en: [Broken, Missing]}
      lookup: order
      reply:
        found: {it: ["{order_number}: {order.status_it}"], en: ["{order_number}: {order.status_en}"]}
        not_found: {it: ["Non trovo {order_number}."], en: ["I cannot find it."]}
  - name: person
    title: {it: Persona, en: Person}
    patterns: [persona]
    escalate: {priority: high, asked: true, message: {it: "Certo.", en: "Of course."}}
"#;

    fn file(name: &str, text: &str) -> SourceFile {
        SourceFile { name: name.to_owned(), text: text.to_owned() }
    }

    fn built(intents: &str) -> Result<Built, Vec<Problem>> {
        build(&[file("shop.yaml", SHOP), file("intents.yaml", intents)])
    }

    /// The errors after one change to the sound files, each as `line: message`.
    fn errors(from: &str, to: &str) -> Vec<String> {
        let change = |text: &str| text.replacen(from, to, 1);
        assert!(SHOP.contains(from) || INTENTS.contains(from), "{from}");
        let result =
            build(&[file("shop.yaml", &change(SHOP)), file("intents.yaml", &change(INTENTS))]);
        let problems = result.map(|_| ()).unwrap_err();
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        errors.map(|problem| format!("{}: {}", problem.line, problem.message)).collect()
    }

    #[test]
    fn sound_files_become_a_knowledge_with_warnings() {
        let Built { knowledge, warnings, .. } = built(INTENTS).unwrap();
        assert_eq!(knowledge.bot.menu, ["hours", "order_status"]);
        assert_eq!(knowledge.bot.default_language, Language::It);
        assert_eq!(knowledge.lookups["order"].timeout, 2_000);
        let Action::Reply(replies) = &knowledge.intents["hours"].action else { panic!() };
        assert_eq!(replies.it[1].buttons[0].intent, "order_status");
        let Action::Form(form) = &knowledge.intents["order_status"].action else { panic!() };
        assert_eq!(form.slots[2].options.en, ["Broken", "Missing"]);
        assert!(matches!(&form.then, Then::Reply { not_found: Some(_), .. }));
        let Action::Escalate(person) = &knowledge.intents["person"].action else { panic!() };
        assert!(person.asked && person.team.is_none());
        assert_eq!(warnings.len(), 4, "{warnings:?}");
        assert!(
            warnings[0].to_string().starts_with("intents.yaml:3:11: warning: "),
            "{}",
            warnings[0]
        );
        assert_eq!(knowledge.engine.read("dov'è l'ordine?").candidates[0].intent, "order_status");
    }

    #[test]
    fn the_version_is_that_of_the_texts_wherever_they_lie() {
        let version =
            |folder: &str, text: &str| version(&[file(&format!("{folder}/shop.yaml"), text)]);
        assert_eq!(version("a", SHOP), version("b/c", SHOP));
        assert_ne!(version("a", SHOP), version("a", INTENTS));
        assert_eq!(version("a", SHOP).len(), 64);
    }

    fn each_gives(cases: &[(&str, &str, &str)]) {
        for (from, to, expected) in cases {
            let found = errors(from, to);
            assert!(found.iter().any(|error| error.starts_with(expected)), "{to}: {found:#?}");
        }
    }

    #[test]
    fn each_mistake_of_the_shop_is_named_at_its_place() {
        each_gives(&[
            (
                "menu: [hours,",
                "menu: [huors,",
                "8: there is no intent `huors`; did you mean `hours`?",
            ),
            ("Europe/Rome", "Europe/Roma", "5: there is no time zone `Europe/Roma`"),
            ("{shop}", "{shp}", "7: there is no variable `{shp}` here; did you mean `shop`?"),
            (
                "patterns: ['\\b[A-Z]",
                "patterns: ['(\\b[A-Z]",
                "12: the pattern cannot be read: unclosed group",
            ),
            ("timeout: 2s", "timeout: 1h", "19: `timeout: 1h`"),
        ]);
    }

    #[test]
    fn each_mistake_of_an_intent_is_named_at_its_place() {
        each_gives(&[
            ("slot: email", "slot: mail", "31: lookup `order` needs the slot `mail`"),
            ("intent: order_status", "intent: order", "11: there is no intent `order`"),
            (
                "en: Opening hours}",
                "en: Opening hours of the whole shop}",
                "4: the title is 31 characters",
            ),
            ("en: [\"We are open.\"]", "en: []", "8: `reply`: give at least one text"),
            ("en: [\"We are open.\"]", "", "8: `reply`: English is missing"),
            ("{{sempre}}", "{sempre", "9: a `{` is not closed"),
            ("entity: problem", "entity: problems", "27: there is no entity `problems`"),
            (
                "[Broken, Missing]",
                "[Broken, Lost]",
                "30: `Lost` would not be accepted as `problem`",
            ),
            ("lookup: order", "lookup: ordr", "31: there is no lookup `ordr`"),
            ("{order.status_it}", "{cart.status_it}", "33: `{cart.status_it}`: only the lookup"),
            (
                "Non trovo {order_number}",
                "Non trovo {order.eta}",
                "34: `{order.eta}`: only the lookup",
            ),
            (
                "name: person",
                "name: hours",
                "35: the intent `hours` stands already at intents.yaml:3",
            ),
            (
                "\"where is my order?\"",
                "\"When do you OPEN\"",
                "15: \"When do you OPEN\" is an example of `hours`",
            ),
            (
                "che tempo fa domani",
                "A che ora aprite",
                "9: \"A che ora aprite\" is an example of `hours`",
            ),
            (
                "    patterns: [persona]\n",
                "",
                "35: intent `person` has neither examples nor patterns",
            ),
            ("priority: high", "priority: top", "38: "),
            ("[persona]", "['x*']", "37: the pattern matches everything"),
            ("Siamo aperti {{sempre}}.", " ", "9: `reply`: the text is empty"),
        ]);
    }

    #[test]
    fn the_examples_of_the_manual_are_sound() {
        let manual = include_str!("../../docs/intents.md");
        let blocks = manual.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
        let files: Vec<SourceFile> = blocks
            .filter(|block| !block.starts_with("    ") && !block.starts_with("- name"))
            .map(|block| {
                let list = if block.starts_with("  - name") { "intents:\n" } else { "" };
                file("manual.yaml", &format!("{list}{block}"))
            })
            .collect();
        assert!(files.len() >= 7, "{files:#?}");
        let problems = build(&files).map(|_| ()).unwrap_err();
        let mut errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        // The menu names intents that a manual need not show.
        assert!(errors.all(|error| error.message.contains("there is no intent")), "{problems:#?}");
    }

    #[test]
    fn all_mistakes_are_found_at_once() {
        let changed = INTENTS
            .replace("priority: high", "priority: top")
            .replace("title: {it: Orari,", "titel: {it: Orari,")
            .replace("entity: email", "entity: mail");
        let problems = built(&changed).map(|_| ()).unwrap_err();
        let lines: Vec<usize> = problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .map(|problem| problem.line)
            .collect();
        assert_eq!(lines, [4, 23, 38], "{problems:#?}");
        let twice = [file("a.yaml", SHOP), file("b.yaml", SHOP)];
        assert!(
            build(&twice).unwrap_err().iter().any(|p| p.message.contains("`bot` stands already"))
        );
        assert!(build(&[]).unwrap_err().iter().any(|p| p.message.contains("`bot:` is missing")));
    }

    #[test]
    fn a_folder_is_read_in_order_and_what_cannot_be_read_is_said() {
        let folder = std::env::temp_dir().join(format!("sportello-load-{}", std::process::id()));
        fs::create_dir_all(folder.join("tests")).unwrap();
        assert!(read_folder(&folder).unwrap_err()[0].message.contains("no *.yaml"));
        fs::write(folder.join("b.yaml"), INTENTS).unwrap();
        fs::write(folder.join("a.yaml"), SHOP).unwrap();
        fs::write(folder.join("notes.txt"), "x").unwrap();
        let files = read_folder(&folder).unwrap();
        assert!(files[0].name.ends_with("a.yaml") && files.len() == 2, "{files:?}");
        fs::write(folder.join("c.yaml"), b"a: 1\nb: \xff\n").unwrap();
        assert!(read_folder(&folder).unwrap_err()[0].message.starts_with("line 2 is not UTF-8"));
        fs::remove_dir_all(&folder).unwrap();
        assert!(read_folder(&folder).is_err());
    }
}
